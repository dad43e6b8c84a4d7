"""Outcome: what the verifier said about one case or fault, next to what is true."""

from __future__ import annotations

import time
import warnings

import numpy as np
from attrs import frozen

from nnframe.verification import Finding, Verdict, VerificationReport, verify_pullback
from tests.faults.case import Case, Point
from tests.faults.fault import Fault
from tests.faults.truth import Truth, truth_of

__all__ = ["CaseOutcome", "FaultOutcome", "judge_case", "judge_fault", "verified"]

TERMS = {"MISSING_TERM", "EXTRA_TERM"}


@frozen(eq=False)
class FaultOutcome:
    """A fault, and what was said about it.

    Args:
        fault: The mistake.
        truth: What is wrong.
        report: What the verifier said; None where it raised an error.
        error: The error that it raised.
        seconds: How long it took.
    """

    fault: Fault
    truth: Truth
    report: VerificationReport | None
    error: str
    seconds: float

    @property
    def visible(self) -> bool:
        """Whether the fault must be seen."""
        return self.fault.behaviour or bool(self.truth.visible)

    @property
    def seen(self) -> bool:
        """Whether the verdict is FAIL."""
        return self.report is not None and self.report.failed

    @property
    def failing(self) -> dict[str, Finding]:
        """The findings that fail, by path; of several for one path the first that names a cause."""
        found: dict[str, Finding] = {}
        for each in self.report.findings if self.report else ():
            if each.verdict is Verdict.FAIL and (each.path not in found or found[each.path].cause is None):
                found[each.path] = each
        return found

    @property
    def named_tensors(self) -> bool | None:
        """Whether exactly the wrong gradients fail; None where the fault was not seen."""
        if not self.seen:
            return None
        if self.fault.behaviour:
            return set(self.failing) <= self.fault.paths
        return self.truth.visible <= set(self.failing) <= set(self.truth.wrong)

    @property
    def named_elements(self) -> bool | None:
        """Whether exactly the wrong elements were named; None where which they are depends on the upstream."""
        answers = []
        if {"NOT_LINEAR_IN_UPSTREAM", "UPSTREAM_IGNORED", "LOW_PRECISION"} & self.truth.causes:
            return None
        for path, finding in self.failing.items():
            wrong = self.truth.wrong.get(path)
            if wrong is None or not np.isfinite(wrong.size):
                continue
            named = set(finding.wrong)
            complete = wrong.must <= named or (
                len(named) < finding.wrong_count and finding.wrong_count >= len(wrong.must)
            )
            answers.append(complete and named <= wrong.may)
        return all(answers) if answers else None

    @property
    def causes(self) -> dict[str, str]:
        """The names of the causes that were given, by path."""
        return {path: each.cause.name for path, each in self.failing.items() if each.cause is not None}

    @property
    def explainable(self) -> bool:
        """Whether the numbers tell the mistake; which term is missing or too much, only the source tells."""
        return bool(self.fault.causes - TERMS)

    @property
    def right_cause(self) -> bool | None:
        """Whether a fault with a declared cause got a true one, and nothing else; None where nothing was declared."""
        if not self.fault.causes or not self.seen or self.fault.hidden:
            return None
        return bool(self.causes) and not self.false_cause

    @property
    def false_cause(self) -> bool:
        """Whether a cause was given that is not true."""
        true = self.truth.causes | ({"WRONG_NEARBY", "STALE"} if self.fault.hidden else set())
        return any(name not in true for name in self.causes.values())


@frozen(eq=False)
class CaseOutcome:
    """A right case, and what was said about it."""

    case: Case
    point: Point
    report: VerificationReport | None
    error: str
    seconds: float

    @property
    def alarm(self) -> bool:
        """Whether the verifier cried wolf, or raised an error."""
        return self.report is None or self.report.failed

    @property
    def undecided(self) -> bool:
        """Whether it gave up on some gradient."""
        return self.report is not None and self.report.verdict is Verdict.INCONCLUSIVE


def verified(point: Point, seed: int = 0) -> tuple[VerificationReport | None, str, float]:
    """Run the verifier: the report, or the error that it raised, and the time."""
    started = time.perf_counter()
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            report = verify_pullback(point.function, point.parameters, point.x, seed=seed)
    except Exception as error:
        return None, f"{type(error).__name__}: {error}", time.perf_counter() - started
    return report, "", time.perf_counter() - started


def judge_fault(fault: Fault) -> FaultOutcome:
    """Verify a fault."""
    return FaultOutcome(fault, truth_of(fault), *verified(fault.build()))


def judge_case(case: Case) -> CaseOutcome:
    """Verify a right case."""
    point = case.build()
    return CaseOutcome(case, point, *verified(point))
