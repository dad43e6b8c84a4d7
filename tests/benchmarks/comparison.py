"""The verifier beside other gradient checkers, on the corpus of faults: writes docs/verification/comparison.md.

    python -m tests.benchmarks.comparison [--every N]

Each of the others is given the same function, with its own defaults, in a fresh state, in a process of its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import numpy as np
from attrs import define, field

from tests.benchmarks.peers import PEERS
from tests.benchmarks.processes import Measurement, Side, add_before, run_in_turn
from tests.benchmarks.side import Work
from tests.benchmarks.tables import describe_rounds, make_parser, print_machine
from tests.corpus.case import Case, Point
from tests.corpus.catalogue import all_faults, correct_cases, right_cases, truth
from tests.corpus.fault import Fault
from tests.corpus.judging import judge_case, judge_fault, verify
from tests.corpus.summary import share, summary_of

PAGE = Path(__file__).parents[2] / "docs" / "verification" / "comparison.md"
TEMPLATE = Path(__file__).with_name("comparison_page.md")
VERIFIER = "nnframe"
Judge = Callable[[Point], tuple[bool, str, int]]


@define(eq=False)
class Tally:
    """The figures of one checker.

    Attributes:
        seen: For each kind of fault, of which it complained.
        alarms: For each family of right functions, of which it complained.
        named: Of the visible faults that were seen, whether a wrong tensor was named first.
        forwards: Of all.
        errors: What was raised on right functions.
    """

    seen: dict[str, list[bool]] = field(factory=dict)
    alarms: dict[str, list[bool]] = field(factory=dict)
    named: list[bool] = field(factory=list)
    forwards: int = 0
    errors: list[str] = field(factory=list)

    def take(self, judge: Judge, faults: Sequence[Fault], cases: Sequence[Case]) -> None:
        """Judge everything."""
        for fault in faults:
            complains, said, forwards = judge(fault.build())
            self.forwards += forwards
            kind = kind_of(fault)
            self.seen.setdefault(kind, []).append(complains)
            if kind == "visible" and complains:
                self.named.append(said in truth(fault.name).visible)
        for case in cases:
            complains, said, forwards = judge(case.build())
            self.forwards += forwards
            self.alarms.setdefault(family_of(case), []).append(complains)
            if "Error: " in said:
                self.errors.append(f"{case.name}: {said:.200}")

    def cells(self) -> list[str]:
        """The cells that are counted in the same way for all, the last being that of forwards."""
        counts = [self.seen.get(kind, []) for kind in ("visible", "behaviour", "hidden")]
        alarms = [self.alarms.get(family, []) for family in ("ordinary", "difficult", "float32")]
        found = [f"{sum(each)} of {len(each)}" for each in (*counts, *alarms)]
        return [*found, f"{share(sum(self.named), len(self.named)):.0f} %", f"{self.forwards:,}"]


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


def choose(every: int) -> tuple[list[Fault], list[Case]]:
    """Return every nth fault and right case."""
    return list(all_faults().values())[::every], list(correct_cases().values())[::every]


def build_checker(name: str, every: int) -> Work:
    """Return the judging of everything by the verifier, or by a peer."""
    judge = own if name == VERIFIER else PEERS[name].judge
    faults, cases = choose(every)
    tallies: list[Tally] = []
    judge(right_cases()["dense"].build())  # a checker imports its library when it is first called

    def judge_all() -> None:
        tallies.append(Tally())
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            tallies[-1].take(judge, faults, cases)

    return Work(judge_all, warmups=0, facts=lambda: {"cells": tallies[-1].cells(), "errors": tallies[-1].errors})


def make_sides(every: int, before: str | None) -> dict[str, Side]:
    """The checkers; all judge functions that nnframe's corpus makes."""
    here = "tests.benchmarks.comparison:build_checker"
    peers = {name: Side(here, (name, every), (peer.library, "nnframe")) for name, peer in PEERS.items()}
    return {**add_before({VERIFIER: Side(here, (VERIFIER, every))}, before), **peers}


def make_table(sides: Mapping[str, Side], found: Mapping[str, Measurement]) -> list[str]:
    """The Markdown table."""
    heads = ["", "wrong numbers", "wrong behaviour", "hidden", "alarms: ordinary", "difficult", "float32"]
    heads += ["a wrong tensor named", "forwards", "seconds"]
    lines = [heads, ["---"] * len(heads)]
    for name in sides:
        if name in found:
            lines.append([name, *found[name].facts["cells"], describe_rounds(found[name].seconds)])
        else:
            lines.append([name, "not installed", *[""] * (len(heads) - 2)])
    return [f"| {' | '.join(cells)} |" for cells in lines]


def make_page(lines: Sequence[str], figures: dict[str, Any]) -> str:
    """The whole page."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("nnframe", "numpy", "torch", "jax", "scipy"))
    text = (
        TEMPLATE.read_text(encoding="utf-8")
        .replace("TABLE", "\n".join(lines))
        .replace("VERSIONS", f"Python {python_version()}, {versions}")
    )
    for name in ("elements exactly named %", "right cause %", "false specific causes %", "inconclusive %"):
        text = text.replace(f"<{name}>", f"{figures[name]:.1f} %")
    return text


def main(arguments: Sequence[str] | None = None) -> None:
    """Run everything and write the page, or every nth case and print the table."""
    parser = make_parser(__doc__, seconds=0.0)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth fault and case")
    options = parser.parse_args(arguments)
    print_machine(options)
    sides = {
        name: side
        for name, side in make_sides(options.every, options.before).items()
        if not options.only or any(word in name for word in options.only)
    }
    (found,) = run_in_turn([sides], rounds=options.rounds, seconds=options.seconds, threads=options.threads)
    lines = make_table(sides, found)
    print("\n".join([*lines, *(f"{name}: {error}" for name in found for error in found[name].facts["errors"])]))
    if options.every == 1 and not options.only:
        faults, cases = choose(1)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            figures = summary_of([judge_fault(each) for each in faults], [judge_case(each) for each in cases])
        PAGE.write_text(make_page(lines, figures), encoding="utf-8")


if __name__ == "__main__":
    main()
