"""The report of a verification: its findings, and what was spent on them."""

from __future__ import annotations

import time
from collections.abc import Iterable

from nnframe.verification.budget import Budget
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.report import VerificationReport

__all__ = ["report_spending"]

HURRIED = "the limit in seconds decided what was looked at: another run, or another machine, may look at other things"


def report_spending(
    findings: Iterable[Finding], seed: int, budget: Budget, relative_difference: float | None = None
) -> VerificationReport:
    """Make a report of what was found and spent."""
    return VerificationReport(
        findings,
        relative_difference=relative_difference,
        seed=seed,
        forwards=budget.spent,
        pullbacks=budget.pullbacks,
        seconds=time.perf_counter() - budget.started,
        notes=(HURRIED,) if budget.hurried else (),
    )
