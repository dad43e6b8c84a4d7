"""The verifier beside other gradient checkers, on the corpus of faults: writes docs/verification/comparison.md.

    python -m tests.benchmarks.comparison [every nth case]

Each of the others is given the same function, with its own defaults, in a fresh state.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import numpy as np
from attrs import define, field

from tests.benchmarks.peers import PEERS
from tests.corpus.case import Case, Point
from tests.corpus.catalogue import all_faults, correct_cases, right_cases, truth
from tests.corpus.fault import Fault
from tests.corpus.judging import judge_case, judge_fault, verify
from tests.corpus.summary import share, summary_of

PAGE = Path(__file__).parents[2] / "docs" / "verification" / "comparison.md"
TEMPLATE = Path(__file__).with_name("comparison_page.md")
Judge = Callable[[Point], tuple[bool, str, int]]


@define(eq=False)
class Row:
    """The figures of one checker."""

    name: str
    seen: dict[str, list[bool]] = field(factory=dict)
    alarms: dict[str, list[bool]] = field(factory=dict)
    named: list[bool] = field(factory=list)
    forwards: int = 0
    seconds: float = 0.0

    def take(self, judge: Judge, faults: Sequence[Fault], cases: Sequence[Case]) -> None:
        """Judge everything."""
        for fault in faults:
            complains, said = self._timed(judge, fault.build())
            kind = kind_of(fault)
            self.seen.setdefault(kind, []).append(complains)
            if kind == "visible" and complains:
                self.named.append(said in truth(fault.name).visible)
        for case in cases:
            complains, said = self._timed(judge, case.build())
            self.alarms.setdefault(family_of(case), []).append(complains)
            if "Error: " in said:
                print(f"  {case.name}: {said:.200}", flush=True)

    def _timed(self, judge: Judge, point: Point) -> tuple[bool, str]:
        started = time.perf_counter()
        complains, said, forwards = judge(point)
        self.seconds += time.perf_counter() - started
        self.forwards += forwards
        return complains, said

    def cells(self) -> list[str]:
        """The cells that are counted in the same way for all."""
        counts = [*(self.seen[kind] for kind in ("visible", "behaviour", "hidden"))]
        alarms = [self.alarms[family] for family in ("ordinary", "difficult", "float32")]
        return [f"{sum(each)} of {len(each)}" for each in (*counts, *alarms)]


def kind_of(fault: Fault) -> str:
    """What of a fault is there to be seen."""
    if fault.hidden:
        return "hidden"
    return "behaviour" if fault.behaviour else "visible" if truth(fault.name).visible else "faint"


def family_of(case: Case) -> str:
    """How hard a right function is for others."""
    return "float32" if case.dtype == np.float32 else "ordinary" if case.name in right_cases() else "difficult"


def own(point: Point) -> tuple[bool, str, int]:
    """The verifier as one of the checkers."""
    try:
        report = verify(point)
    except Exception as error:
        return True, f"{type(error).__name__}: {error}", 0
    wrong = [each.path for each in report.worst_first() if each.verdict == "FAIL"]
    return report.failed, wrong[0] if wrong else "", report.forwards


def table(rows: Sequence[Row]) -> list[str]:
    """The Markdown table."""
    heads = ["", "wrong numbers", "wrong behaviour", "hidden", "alarms: ordinary", "difficult", "float32"]
    heads += ["a wrong tensor named", "forwards", "seconds"]
    lines = [heads, ["---"] * len(heads)]
    for row in rows:
        named = f"{share(sum(row.named), len(row.named)):.0f} %"
        lines.append([row.name, *row.cells(), named, f"{row.forwards:,}", f"{row.seconds:.0f}"])
    return [f"| {' | '.join(cells)} |" for cells in lines]


def page(rows: Sequence[Row], figures: dict[str, Any]) -> str:
    """The whole page."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("nnframe", "numpy", "torch", "jax", "scipy"))
    text = (
        TEMPLATE.read_text(encoding="utf-8")
        .replace("TABLE", "\n".join(table(rows)))
        .replace("VERSIONS", f"Python {python_version()}, {versions}")
    )
    for name in ("elements exactly named %", "right cause %", "false specific causes %", "inconclusive %"):
        text = text.replace(f"<{name}>", f"{figures[name]:.1f} %")
    return text


def main() -> None:
    """Run everything, or every nth case."""
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    faults, cases = list(all_faults().values())[::every], list(correct_cases().values())[::every]
    rows = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for name, judge in (("nnframe", own), *((peer.name, peer.judge) for peer in PEERS)):
            row = Row(name)
            row.take(judge, faults, cases)
            rows.append(row)
            print(" ".join([row.name, *row.cells()]), flush=True)
        figures = summary_of([judge_fault(each) for each in faults], [judge_case(each) for each in cases])
    if every == 1:
        PAGE.write_text(page(rows, figures), encoding="utf-8")
    else:
        print(page(rows, figures))


if __name__ == "__main__":
    main()
