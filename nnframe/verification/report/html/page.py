"""The page: verdict, a table that sorts and filters, and under each row what is known of that gradient."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from nnframe.verification.report.finding import Finding
from nnframe.verification.report.html.pictures import pictures
from nnframe.verification.report.html.words import facts, quote, summary
from nnframe.verification.report.verdict import Verdict

if TYPE_CHECKING:
    from nnframe.verification.report.report import VerificationReport

__all__ = ["to_html"]

_COLUMNS = (
    ("path", "text"),
    ("verdict", "number"),
    ("analytic", "number"),
    ("numeric", "number"),
    ("error bar", "number"),
    ("looked at", "text"),
)


def to_html(report: VerificationReport, title: str = "Gradients") -> str:
    """Write a report as one self-contained HTML page; everything in it is escaped.

    >>> from nnframe.verification import VerificationReport
    >>> page = to_html(VerificationReport((Finding("<b>", Verdict.PASS),)))
    >>> "<b>" in page, "&lt;b&gt;" in page
    (False, True)
    """
    verdict = report.verdict
    rows = "\n".join(_row(number, finding) for number, finding in enumerate(report.worst_first()))
    headings = "".join(
        f'<th scope="col"{_aligned(name)}><button type="button" data-column="{index}" data-kind="{kind}">'
        f"{name}</button></th>"
        for index, (name, kind) in enumerate(_COLUMNS)
    )
    notes = "".join(f"<p>{quote(note)}</p>" for note in report.notes)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{quote(title)}: {verdict}</title>
<style>
{_resource("page.css")}</style>
</head>
<body>
<main>
<h1>{_verdict(verdict)} {quote(title)}</h1>
<p class="summary">{quote(summary(report))}</p>
{notes}
<form role="search"><label>Show <input type="search" id="filter" placeholder="path, verdict or cause"></label>
<label><input type="checkbox" id="wrong"> only what is not right</label> <output id="count"></output></form>
<div class="scroll"><table id="findings">
<thead><tr>{headings}</tr></thead>
{rows}
</table></div>
<p class="summary">{report.forwards:,} forwards, {report.pullbacks:,} pullbacks, {report.seconds:.3g} s,
seed {report.seed}</p>
</main>
<script>
{_resource("page.js")}</script>
</body>
</html>
"""


def _verdict(verdict: Verdict) -> str:
    return f'<span class="verdict {verdict}">{verdict}</span>'


def _aligned(column: str) -> str:
    return ' class="number"' if column in ("analytic", "numeric", "error bar") else ""


def _resource(name: str) -> str:
    return resources.files("nnframe.verification.report.html").joinpath(name).read_text(encoding="utf-8")


def _row(number: int, finding: Finding) -> str:
    worst = finding.worst
    numbers = ("", "", "") if worst is None else (worst.analytic, worst.numeric, worst.error_bar)
    cells = "".join(
        f'<td class="number" data-value="{value!r}">{value:.4g}</td>' if isinstance(value, float) else "<td></td>"
        for value in numbers
    )
    search = quote(f"{finding.path} {finding.verdict} {finding.cause or ''}".lower())
    return f"""<tbody class="finding" data-search="{search}" data-severity="{finding.verdict.severity}">
<tr><td><button type="button" class="more" aria-expanded="false" aria-controls="more-{number}">{quote(finding.path)}
</button></td><td data-value="{finding.verdict.severity}">{_verdict(finding.verdict)}</td>{cells}
<td>{quote(str(finding.coverage or ""))}</td></tr>
<tr class="detail" id="more-{number}" hidden><td colspan="{len(_COLUMNS)}">{_detail(finding)}</td></tr>
</tbody>"""


def _detail(finding: Finding) -> str:
    hint = f"<p>{quote(finding.hint)}</p>" if finding.hint else ""
    listed = "".join(f"<dt>{name}</dt><dd>{quote(text)}</dd>" for name, text in facts(finding))
    return f"{hint}<dl>{listed}</dl>{pictures(finding)}"
