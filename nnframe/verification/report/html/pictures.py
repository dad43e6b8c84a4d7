"""The pictures of one gradient, each with what it shows."""

from __future__ import annotations

from nnframe.verification.report.finding import Finding
from nnframe.verification.report.html.svg import curve, heatmap, tangent
from nnframe.verification.report.verdict import Verdict

__all__ = ["pictures"]


def pictures(finding: Finding) -> str:
    """Return figures for what the detail of a finding holds; "" where it has none.

    >>> from nnframe.verification import Verdict
    >>> pictures(Finding("weight", Verdict.PASS))
    ''
    """
    detail = finding.detail
    if detail is None:
        return ""
    element = f"Element ({', '.join(map(str, detail.index))})"
    wrong = finding.verdict is Verdict.FAIL and abs(detail.analytic - detail.numeric) > detail.error_bar
    promise = "red: what the gradient promises" if wrong else "dashed: what the gradient promises"
    return (
        _figure(heatmap(detail), "Error in error bars: green within one, red beyond; the last axis runs across.")
        + _figure(curve(detail), f"{element}: error over the step. Dashed: the error bar.")
        + _figure(tangent(detail, wrong=wrong), f"{element}: the function. Green: its tangent; {promise}.")
    )


def _figure(picture: str, caption: str) -> str:
    return f"<figure>{picture}<figcaption>{caption}</figcaption></figure>" if picture else ""
