"""The verifier against the corpus: sees every visible fault, cries wolf at no right case, names what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.faults.corpus import CASES, FAULTS, TRICKY
from tests.faults.judge.figures import FaultFigures, case_figures, fault_figures
from tests.faults.judge.outcome import judge_case, judge_fault
from tests.faults.judge.power import inject, power_figures

LIMITS: dict[str, str] = {}
"""Names of faults and cases that the verifier is known to judge wrongly, and why; remove what has been mended."""

BLIND: dict[str, str] = {}
"""Names of right cases in which an injected fault is known to pass, and why."""

SHARE = 4
"""Shares are counted over every fourth fault, power over a ninth of the cases; ``python -m tests.faults`` takes all."""


def listed(names: Sequence[str]) -> list[object]:
    """Parameters, those of known limits marked."""
    mark = pytest.mark.xfail
    return [
        pytest.param(name, marks=[mark(reason=LIMITS[name], strict=False)] if name in LIMITS else []) for name in names
    ]


@pytest.mark.parametrize("name", listed([name for name, fault in FAULTS.items() if not fault.hidden]))
def test_a_visible_fault_is_seen(name: str) -> None:
    outcome = judge_fault(FAULTS[name])
    assert not outcome.error
    assert outcome.seen


@pytest.mark.parametrize("name", listed(list(CASES)))
def test_a_right_case_raises_no_alarm(name: str) -> None:
    outcome = judge_case(CASES[name])
    assert not outcome.error
    assert not outcome.alarm, str(outcome.report)


@pytest.fixture(scope="module")
def figures() -> FaultFigures:
    """Of every fourth fault."""
    return fault_figures([judge_fault(fault) for fault in list(FAULTS.values())[::SHARE]])


def test_wrong_tensors_are_named_exactly(figures: FaultFigures) -> None:
    assert figures.tensors_named >= 0.995, figures.tensors_misnamed


def test_wrong_elements_are_named(figures: FaultFigures) -> None:
    assert figures.elements_named >= 0.95, figures.elements_misnamed


def test_the_right_cause_is_named(figures: FaultFigures) -> None:
    assert figures.right_cause >= 0.85, figures.cause_missed


def test_hardly_a_false_cause_is_named(figures: FaultFigures) -> None:
    assert figures.false_cause <= 0.05, figures.falsely_explained


def test_hardly_a_right_case_is_undecided() -> None:
    figures = case_figures([judge_case(case) for case in list(TRICKY.values())[::SHARE]])
    assert len(figures.inconclusive) <= 0.01 * len(TRICKY), figures.inconclusive


@pytest.mark.parametrize("start", range(9))
def test_nothing_passes_for_free(start: int) -> None:
    injected = []
    for case in [case for name, case in TRICKY.items() if name not in BLIND][start::81]:
        report = judge_case(case).report
        if report and report.passed:
            injected += inject(case, report)
    assert not power_figures(injected).passed_for_free
