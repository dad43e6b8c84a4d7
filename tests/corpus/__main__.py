"""Run the verifier over the corpus and print how well it does: ``python -m tests.corpus``."""

from __future__ import annotations

import argparse
import json

from tests.corpus.case import SALT
from tests.corpus.catalogue import all_faults, correct_cases, tricky_cases, truth
from tests.corpus.judging import Injected, Judged, inject, judge_case, judge_fault, verify
from tests.corpus.summary import data_of, power_lines, summary_of, text_of


def main() -> None:
    """Read the arguments and do it."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("--only", choices=("faults", "correct", "power"))
    parser.add_argument("--case", help="only names that contain this; with an exact name, the whole report")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--causes", action="store_true", help="list the wrong, false and missing causes, tensors, elements"
    )
    parser.add_argument("--salt", type=int, help="a number: other arrays, and systematic faults in other functions")
    options = parser.parse_args()
    SALT.extend([] if options.salt is None else [options.salt])
    wanted = options.case or ""
    if wanted in all_faults() or wanted in correct_cases():
        show(wanted)
    faults = [
        judge_fault(each) for name, each in all_faults().items() if wanted in name and options.only in (None, "faults")
    ]
    correct = [
        judge_case(each)
        for name, each in correct_cases().items()
        if wanted in name and options.only in (None, "correct")
    ]
    injected: list[Injected] = []
    if options.only in (None, "power"):
        injected = [each for name, case in tricky_cases().items() if wanted in name for each in inject(case)]
    details: list[Judged | Injected] = [*faults, *correct, *injected]
    figures = summary_of(faults, correct) | power_lines(injected)
    if options.json:
        print(json.dumps(data_of(figures, details), indent=1, default=str))
        return
    if options.causes:
        list_causes(faults)
    print(text_of(figures, details))


def show(name: str) -> None:
    """The whole report about one case, and what is true of it."""
    case = all_faults().get(name) or correct_cases()[name]
    print(verify(case.build()))
    if name in all_faults():
        fault = all_faults()[name]
        print(f"acceptable causes: {sorted(fault.causes)}, also true: {sorted(fault.also)}\n{truth(name)}")


def list_causes(faults: list[Judged]) -> None:
    """What was named wrongly, or not at all."""
    for each in faults:
        acceptable = sorted(all_faults()[each.name].causes)
        for path, state in each.causes.items():
            if state == "false" or (state == "none" and acceptable):
                words = [sentence for sentence in each.said if sentence.startswith(f"{path} ")]
                print(f"cause {state}: {each.name} [{path}] acceptable {acceptable}; {' '.join(words)}")
        if each.tensors is False:
            words = [sentence[:60] for sentence in each.said]
            print(f"tensors: {each.name}: {words}, not {sorted(truth(each.name).visible)}")
        for path, right in each.elements.items():
            if not right:
                print(f"elements: {each.name} [{path}]")
    print()


if __name__ == "__main__":
    main()
