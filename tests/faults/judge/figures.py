"""Figures: the quality list of the verifier, counted over outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from attrs import asdict, frozen

from nnframe.verification import Verdict
from tests.faults.judge.outcome import CaseOutcome, FaultOutcome

__all__ = ["CaseFigures", "FaultFigures", "case_figures", "fault_figures", "share"]


def share(answers: Iterable[bool | None]) -> float:
    """The share of yes among yes and no; NaN where there is neither."""
    decided = [answer for answer in answers if answer is not None]
    return sum(decided) / len(decided) if decided else math.nan


@frozen
class FaultFigures:
    """What was seen of the faults; shares between 0 and 1, and names."""

    count: int
    visible: int
    missed: tuple[str, ...]
    hidden: int
    hidden_missed: tuple[str, ...]
    errors: tuple[str, ...]
    tensors_named: float
    tensors_misnamed: tuple[str, ...]
    elements_named: float
    elements_misnamed: tuple[str, ...]
    right_cause: float
    right_term: float
    cause_missed: tuple[str, ...]
    false_cause: float
    falsely_explained: tuple[str, ...]
    seconds: float

    def as_dict(self) -> dict[str, object]:
        """Plain data."""
        return asdict(self)


@frozen
class CaseFigures:
    """What was said about right functions."""

    count: int
    alarms: tuple[str, ...]
    errors: tuple[str, ...]
    inconclusive: tuple[str, ...]
    forwards_per_element: float
    seconds: float

    def as_dict(self) -> dict[str, object]:
        """Plain data."""
        return asdict(self)


def fault_figures(outcomes: Sequence[FaultOutcome]) -> FaultFigures:
    """Count."""
    visible = [each for each in outcomes if each.visible and not each.fault.hidden]
    hidden = [each for each in outcomes if each.fault.hidden]
    named = [each for each in visible if each.named_tensors is False]
    elements = [each for each in visible if each.named_elements is False]
    causes = [each for each in visible if each.right_cause is False and each.explainable]
    false = [each for each in outcomes if each.false_cause]
    return FaultFigures(
        count=len(outcomes),
        visible=len(visible),
        missed=tuple(f"{each.fault.name} ({_why(each)})" for each in visible if not each.seen),
        hidden=len(hidden),
        hidden_missed=tuple(each.fault.name for each in hidden if not each.seen),
        errors=tuple(f"{each.fault.name}: {each.error}" for each in outcomes if each.error),
        tensors_named=share(each.named_tensors for each in visible),
        tensors_misnamed=tuple(
            f"{each.fault.name}: said {_names(each.failing)}, is {_true_paths(each)}" for each in named
        ),
        elements_named=share(each.named_elements for each in visible),
        elements_misnamed=tuple(each.fault.name for each in elements),
        right_cause=share(each.right_cause for each in visible if each.explainable),
        right_term=share(each.right_cause for each in visible if not each.explainable),
        cause_missed=tuple(
            f"{each.fault.name}: said {_names(each.causes.values())}, is {_names(each.fault.causes)}" for each in causes
        ),
        false_cause=len(false) / max(1, len(outcomes)),
        falsely_explained=tuple(
            f"{each.fault.name}: said {_names(each.causes.values())}, is {_names(each.truth.causes)}" for each in false
        ),
        seconds=sum(each.seconds for each in outcomes),
    )


def case_figures(outcomes: Sequence[CaseOutcome]) -> CaseFigures:
    """Count."""
    elements = sum(np.size(value) for each in outcomes if each.report for value in each.point.variables().values())
    forwards = sum(each.report.forwards for each in outcomes if each.report)
    return CaseFigures(
        count=len(outcomes),
        alarms=tuple(f"{each.case.name}: {_alarm(each)}" for each in outcomes if each.report and each.alarm),
        errors=tuple(f"{each.case.name}: {each.error}" for each in outcomes if each.error),
        inconclusive=tuple(each.case.name for each in outcomes if each.undecided),
        forwards_per_element=forwards / max(1, elements),
        seconds=sum(each.seconds for each in outcomes),
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _why(outcome: FaultOutcome) -> str:
    verdict = outcome.report.verdict.value if outcome.report else outcome.error
    return f"{verdict}, size {outcome.truth.size:.1e}" if outcome.truth.wrong else verdict


def _true_paths(outcome: FaultOutcome) -> str:
    return _names(outcome.fault.paths if outcome.fault.behaviour else outcome.truth.visible)


def _alarm(outcome: CaseOutcome) -> str:
    findings = outcome.report.findings if outcome.report else ()
    return "; ".join(f"{each.path} {each.hint or each.worst}" for each in findings if each.verdict is Verdict.FAIL)
