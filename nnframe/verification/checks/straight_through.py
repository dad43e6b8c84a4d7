"""Declared exceptions: pullbacks that are, on purpose, not the derivative."""

from __future__ import annotations

from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.report.finding import Coverage, Finding
from nnframe.verification.report.verdict import Verdict

__all__ = ["DECLARED", "declare"]

DECLARED = "declared straight-through: its pullback is, on purpose, not the derivative, and was not compared with it"


def declare(function: FunctionUnderTest) -> tuple[Finding, ...]:
    """Return a finding for each gradient of a layer that declares itself straight-through: passed, and said so."""
    return tuple(
        Finding(path, Verdict.PASS, hint=DECLARED, coverage=Coverage(0, 0, value.size), declared=True)
        for path, value in function.values.items()
    )
