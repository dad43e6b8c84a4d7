"""What changed between two reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from nnframe.text import make_printable
from nnframe.verification.report.finding import Finding

if TYPE_CHECKING:
    from nnframe.verification.report.report import VerificationReport

__all__ = ["Change", "compare_reports"]


@frozen
class Change:
    """What changed of one gradient.

    Attributes:
        path: Which.
        before, after: What was said of it; "" where it was not in the report.
        worse: Whether the later report is the worse one.
    """

    path: str
    before: str
    after: str
    worse: bool

    def __str__(self) -> str:
        path = make_printable(self.path)
        return f"{path}: {self.before or 'not there'} -> {self.after or 'not there'}"


def compare_reports(before: VerificationReport, after: VerificationReport) -> tuple[Change, ...]:
    """Return what changed, worse things first: verdicts, causes, and gradients that came or went.

    Of several findings of one path the worst counts.

    >>> from nnframe.verification import Verdict, VerificationReport
    >>> right = VerificationReport((Finding("bias", Verdict.PASS),))
    >>> wrong = VerificationReport((Finding("bias", Verdict.FAIL),))
    >>> print(*compare_reports(right, wrong))
    bias: PASS -> FAIL
    """
    old, new = ({each.path: each for each in reversed(report.worst_first())} for report in (before, after))
    changes = []
    for path in {**old, **new}:
        first, second = old.get(path), new.get(path)
        if _said(first) != _said(second):
            worse = _severity(second) > _severity(first)
            changes.append(Change(path, _said(first), _said(second), worse))
    return tuple(sorted(changes, key=lambda change: not change.worse))


def _said(finding: Finding | None) -> str:
    if finding is None:
        return ""
    cause = f" ({finding.cause})" if finding.cause is not None else ""
    return f"{finding.verdict}{cause}"


def _severity(finding: Finding | None) -> int:
    return 0 if finding is None else finding.verdict.severity
