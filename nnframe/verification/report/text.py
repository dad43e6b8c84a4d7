"""Reports as a text table: sorted worst first, at most 80 columns wide, the same on a screen and in a pipe."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from nnframe.text import make_printable
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

if TYPE_CHECKING:
    from nnframe.verification.report.report import VerificationReport

__all__ = ["headline", "render", "row"]

WIDTH = 80
LONGEST_PATH = 22


def render(report: VerificationReport) -> str:
    """A report as text.

    >>> from nnframe.verification import VerificationReport
    >>> print(render(VerificationReport((Finding("weight", Verdict.PASS),))))  # doctest: +ELLIPSIS
    PASS: 1 gradient right...
    """
    lines = [headline(report)]
    if report.findings:
        lines += ["", *_table(report)]
    for finding in report.worst_first():
        if finding.hint and (finding.verdict is not Verdict.PASS or finding.numerically_zero or finding.declared):
            text = f"{make_printable(finding.path)}: {make_printable(finding.hint, lines=True)}"
            lines += ["", *textwrap.wrap(text, WIDTH, subsequent_indent="  ")]
    notes = [make_printable(note, lines=True) for note in report.notes]
    lines += [line for note in notes for line in ("", *textwrap.wrap(note, WIDTH))]
    lines += ["", f"{report.forwards:,} forwards, {report.seconds:.3g} s, seed {report.seed}"]
    return "\n".join(lines)


def headline(report: VerificationReport) -> str:
    """The verdict, and how many gradients are right and wrong."""
    counts = {each: sum(finding.verdict is each for finding in report.findings) for each in Verdict}
    right = counts[Verdict.PASS] + counts[Verdict.KINK]
    parts = [f"{right} {'gradient' if right == 1 else 'gradients'} right"] if right or not report.findings else []
    parts += [f"{counts[Verdict.KINK]} of them at a kink"] if counts[Verdict.KINK] else []
    parts += [f"{counts[Verdict.FAIL]} wrong"] if counts[Verdict.FAIL] else []
    parts += [f"{counts[Verdict.INCONCLUSIVE]} undecided"] if counts[Verdict.INCONCLUSIVE] else []
    return f"{report.verdict}: {', '.join(parts)}"


def _table(report: VerificationReport) -> list[str]:
    rows = [("path", "verdict", "analytic", "numeric", "error bar", "looked at")]
    rows += [row(finding) for finding in report.worst_first()]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    aligned = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    rule = "  ".join("-" * width for width in widths)
    return [line[:WIDTH] for line in (aligned[0], rule, *aligned[1:])]


def row(finding: Finding) -> tuple[str, str, str, str, str, str]:
    """Path, verdict, analytic, numeric, error bar, and how much was looked at."""
    path = make_printable(finding.path)
    path = path if len(path) <= LONGEST_PATH else "…" + path[1 - LONGEST_PATH :]
    verdict = "UNDECIDED" if finding.verdict is Verdict.INCONCLUSIVE else str(finding.verdict)
    worst = finding.worst
    numbers = (
        ("", "", "")
        if worst is None
        else tuple(f"{value:.3g}" for value in (worst.analytic, worst.numeric, worst.error_bar))
    )
    coverage = "" if finding.coverage is None else str(finding.coverage).replace("every one of ", "all ")
    return path, verdict, numbers[0], numbers[1], numbers[2], coverage
