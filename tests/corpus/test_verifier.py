"""The verifier reaches its figures on the corpus."""

from __future__ import annotations

import functools

import pytest

from tests.corpus.catalogue import all_faults, correct_cases, tricky_cases
from tests.corpus.judging import Judged, inject, judge_case, judge_fault
from tests.corpus.summary import summary_of

FAULT_NAMES = sorted(name for name, fault in all_faults().items() if not fault.hidden)


@functools.cache
def judged_faults() -> tuple[Judged, ...]:
    """All faults, verified once in a process."""
    return tuple(judge_fault(fault) for fault in all_faults().values())


@functools.cache
def judged_cases() -> tuple[Judged, ...]:
    """All right cases, verified once in a process."""
    return tuple(judge_case(case) for case in correct_cases().values())


@pytest.mark.parametrize("name", FAULT_NAMES)
def test_every_visible_fault_fails(name: str) -> None:
    judged = judge_fault(all_faults()[name])
    assert not judged.missed, judged.said


@pytest.mark.parametrize("name", sorted(correct_cases()))
def test_no_right_case_fails(name: str) -> None:
    judged = judge_case(correct_cases()[name])
    assert judged.verdict in ("PASS", "KINK", "INCONCLUSIVE"), judged.said


@pytest.mark.parametrize("name", sorted(tricky_cases()))
def test_injected_mistakes_are_seen(name: str) -> None:
    missed = [f"{each.name}: {each.said}" for each in inject(tricky_cases()[name]) if each.state == "missed"]
    assert not missed


def test_at_most_one_percent_is_inconclusive() -> None:
    figures = summary_of([], judged_cases())
    assert figures["inconclusive %"] <= 1.0, figures["inconclusive"]


@pytest.mark.parametrize(
    ("figure", "least"),
    [("tensors exactly named %", 99.5), ("elements exactly named %", 95.0), ("right cause %", 85.0)],
)
def test_what_is_wrong_is_named(figure: str, least: float) -> None:
    assert summary_of(judged_faults(), [])[figure] >= least


def test_few_causes_are_false() -> None:
    assert summary_of(judged_faults(), [])["false specific causes %"] <= 5.0
