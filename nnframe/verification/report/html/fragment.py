"""A report as a piece of HTML for a notebook: a small table, and the whole text of what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnframe.verification.report.finding import Finding
from nnframe.verification.report.html.words import quote, said, summary
from nnframe.verification.report.verdict import Verdict

if TYPE_CHECKING:
    from nnframe.verification.report.report import VerificationReport

__all__ = ["to_fragment"]

MOST = 20
_COLOUR = {Verdict.PASS: "#1a7f4b", Verdict.FAIL: "#c62f2f", Verdict.KINK: "#8a5a00", Verdict.INCONCLUSIVE: "#6a4bc4"}


def to_fragment(report: VerificationReport) -> str:
    """Write what a notebook shows: the verdict, and the worst gradients; everything is escaped.

    >>> from nnframe.verification import VerificationReport
    >>> "&lt;b&gt;" in to_fragment(VerificationReport((Finding("<b>", Verdict.PASS),)))
    True
    """
    rows = "".join(_row(finding) for finding in report.worst_first()[:MOST])
    left = len(report.findings) - MOST
    more = f"<p>… and {left} more, none of them worse: see to_html()</p>" if left > 0 else ""
    return (
        f"<div><p>{_verdict(report.verdict)} {quote(summary(report))}</p>"
        f"<table><thead><tr><th>path</th><th>verdict</th><th>analytic</th><th>numeric</th><th>error bar</th>"
        f"<th>what</th></tr></thead><tbody>{rows}</tbody></table>{more}</div>"
    )


def _row(finding: Finding) -> str:
    worst = finding.worst
    numbers = ("", "", "") if worst is None else (worst.analytic, worst.numeric, worst.error_bar)
    cells = "".join(f"<td>{number if isinstance(number, str) else f'{number:.4g}'}</td>" for number in numbers)
    what = f'<td style="text-align: left">{quote(said(finding))}</td>'
    return f"<tr><td>{quote(finding.path)}</td><td>{_verdict(finding.verdict)}</td>{cells}{what}</tr>"


def _verdict(verdict: Verdict) -> str:
    return f'<strong style="color: {_COLOUR[verdict]}">{verdict}</strong>'
