"""``python -m tests.faults``: hold the verifier against the corpus, and print the figures."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence

from tests.faults.corpus import CASES, FAULTS, TRICKY
from tests.faults.judge.figures import case_figures, fault_figures
from tests.faults.judge.outcome import judge_case, judge_fault, verified
from tests.faults.judge.power import inject, power_figures
from tests.faults.judge.text import render
from tests.faults.truth import truth_of

PARTS = ("faults", "correct", "power")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and return 0 where nothing was missed and nothing cried wolf."""
    options = _parser().parse_args(arguments)
    if options.name:
        return _one(options.name)
    started, figures = time.perf_counter(), {}
    if "faults" in options.only:
        chosen = [each for name, each in FAULTS.items() if options.match in name]
        figures["faults"] = fault_figures([judge_fault(each) for each in chosen]).as_dict()
    outcomes = []
    if "correct" in options.only or "power" in options.only:
        outcomes = [judge_case(case) for name, case in CASES.items() if options.match in name]
    if "correct" in options.only:
        figures["correct"] = case_figures([each for each in outcomes if each.case.name not in TRICKY]).as_dict()
        figures["tricky"] = case_figures([each for each in outcomes if each.case.name in TRICKY]).as_dict()
    if "power" in options.only:
        passed = [each for each in outcomes if each.report and each.report.passed and each.case.name in TRICKY]
        injected = [one for each in passed if each.report for one in inject(each.case, each.report)]
        figures["power"] = power_figures(injected).as_dict()
    print(json.dumps(figures, indent=1) if options.json else render(figures, time.perf_counter() - started))
    blemishes = ("missed", "errors", "alarms", "passed_for_free")
    return int(any(part.get(name) for part in figures.values() for name in blemishes))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=main.__doc__)
    parser.add_argument("name", nargs="?", help="one case or fault, to be shown whole")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="parts to run")
    parser.add_argument("--match", default="", help="only names that contain this")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    return parser


def _one(name: str) -> int:
    if name in FAULTS:
        fault, truth = FAULTS[name], truth_of(FAULTS[name])
        point = fault.build()
        print(f"fault {name}: declared {sorted(fault.causes) or 'no'} cause, true are {sorted(truth.causes) or 'none'}")
        for path, wrong in truth.wrong.items():
            print(f"  {path}: relative size {wrong.size:.3g}, {len(wrong.must)} of {wrong.count} wrong")
            print(f"    {sorted(wrong.must)[:8]}")
    elif name in CASES:
        point = CASES[name].build()
        print(f"right case {name}")
    else:
        near = [each for each in (*CASES, *FAULTS) if name in each][:20]
        print(f"there is no {name!r}; near it: {', '.join(near) or 'nothing'}", file=sys.stderr)
        return 2
    report, error, _ = verified(point)
    print(report if report is not None else error)
    for finding in report.findings if report else ():
        print(finding)
    return 0


if __name__ == "__main__":
    sys.exit(main())
