"""What a page and a notebook say about a report and about a finding, as plain text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from nnframe.text import make_printable
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

if TYPE_CHECKING:
    from nnframe.verification.report.report import VerificationReport

__all__ = ["facts", "quote", "said", "summary"]

_WORDS = {Verdict.PASS: "right", Verdict.FAIL: "wrong", Verdict.KINK: "right at a kink"}
MOST_INDICES = 12


def quote(text: str) -> str:
    r"""Write any text as HTML that shows it: no tags, and what cannot be seen as its escape.

    >>> print(quote("<b>\x1b"))
    &lt;b&gt;\x1b
    """
    return escape(make_printable(text, lines=True))


def summary(report: VerificationReport) -> str:
    """How many gradients are right and wrong.

    >>> from nnframe.verification import VerificationReport
    >>> summary(VerificationReport((Finding("weight", Verdict.PASS),)))
    '1 gradient: 1 right'
    """
    counts = {each: sum(finding.verdict is each for finding in report.findings) for each in reversed(Verdict)}
    parts = [f"{count} {_WORDS.get(verdict, 'undecided')}" for verdict, count in counts.items() if count]
    number = len(report.findings)
    return f"{number} {'gradient' if number == 1 else 'gradients'}: {', '.join(parts) or 'none'}"


def said(finding: Finding) -> str:
    """Cause and hint in one line."""
    return ": ".join(part for part in (str(finding.cause or ""), finding.hint) if part)


def facts(finding: Finding) -> list[tuple[str, str]]:
    """Names and texts of all that is known about one gradient."""
    found = [("cause", str(finding.cause or "")), ("wrong elements", _wrong(finding))]
    if finding.factor is not None:
        found.append(("analytic over numeric", f"{finding.factor:.6g}"))
    worst = finding.worst
    if worst is not None:
        found.append(("worst element", f"{worst.index}, off by {worst.error:.4g}"))
        found.append(("analytic, numeric", f"{worst.analytic:.9g}, {worst.numeric:.9g} ± {worst.error_bar:.2g}"))
        if worst.one_sided is not None:
            found.append(("one-sided slopes", f"{worst.one_sided[0]:.6g} and {worst.one_sided[1]:.6g}"))
    if finding.relative_difference is not None:
        found.append(("relative difference", f"{finding.relative_difference:.3g}"))
    if finding.coverage is not None:
        found.append(("looked at", str(finding.coverage)))
        found.append(("smallest visible error", f"{finding.coverage.smallest_visible:.3g}"))
    return [(name, text) for name, text in found if text]


def _wrong(finding: Finding) -> str:
    if not finding.wrong_count:
        return ""
    shown = ", ".join(str(index) for index in finding.wrong[:MOST_INDICES])
    return f"{finding.wrong_count:,}: {shown}{', …' if finding.wrong_count > MOST_INDICES else ''}"
