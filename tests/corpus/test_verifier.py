"""The verifier reaches its figures on the corpus."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from tests.corpus.catalogue import all_faults, correct_cases, tricky_cases
from tests.corpus.judging import Judged, inject, judge_case, judge_fault
from tests.corpus.summary import summary_of

FAULT_NAMES = sorted(name for name, fault in all_faults().items() if not fault.hidden)


@functools.cache
def judged_fault(name: str) -> Judged:
    """What the verifier says about a fault, asked once in a process."""
    return judge_fault(all_faults()[name])


@functools.cache
def judged_case(name: str) -> Judged:
    """What the verifier says about a right function, asked once in a process."""
    return judge_case(correct_cases()[name])


@functools.cache
def figures() -> dict[str, Any]:
    """The figures over everything."""
    return summary_of([judged_fault(name) for name in all_faults()], [judged_case(name) for name in correct_cases()])


@pytest.mark.parametrize("name", FAULT_NAMES)
def test_every_visible_fault_fails(name: str) -> None:
    judged = judged_fault(name)
    assert not judged.missed, judged.said


@pytest.mark.parametrize("name", sorted(correct_cases()))
def test_no_right_case_fails(name: str) -> None:
    judged = judged_case(name)
    assert judged.verdict in ("PASS", "KINK", "INCONCLUSIVE"), judged.said


LIMITS: dict[str, str] = {}
"""Cases in which the verifier is known to let a mistake pass, and which; remove what has been mended."""


def tricky_names() -> list[object]:
    """The difficult cases; those of known limits are expected to fail, and to be unmarked when they no longer do."""
    mark = pytest.mark.xfail
    return [
        pytest.param(name, marks=[mark(reason=LIMITS[name], strict=True)] if name in LIMITS else [])
        for name in sorted(tricky_cases())
    ]


@pytest.mark.parametrize("name", tricky_names())
def test_injected_mistakes_are_seen(name: str) -> None:
    missed = [f"{each.name}: {each.said}" for each in inject(tricky_cases()[name]) if each.state == "missed"]
    assert not missed


def test_at_most_one_percent_is_inconclusive() -> None:
    assert figures()["inconclusive %"] <= 1.0, figures()["inconclusive"]


@pytest.mark.parametrize(
    ("figure", "least"),
    [("tensors exactly named %", 99.5), ("elements exactly named %", 95.0), ("right cause %", 85.0)],
)
def test_what_is_wrong_is_named(figure: str, least: float) -> None:
    assert figures()[figure] >= least


def test_few_causes_are_false() -> None:
    assert figures()["false specific causes %"] <= 5.0
