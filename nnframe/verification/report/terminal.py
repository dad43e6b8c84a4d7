"""Reports for rich: colours where there are any, a table where there is room, and else one block a gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from nnframe.text import make_printable
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.text import headline, row
from nnframe.verification.report.verdict import Verdict

if TYPE_CHECKING:
    from nnframe.verification.report.report import VerificationReport

__all__ = ["renderable"]

STYLES = {Verdict.PASS: "green", Verdict.KINK: "yellow", Verdict.INCONCLUSIVE: "magenta", Verdict.FAIL: "bold red"}
COLUMNS = ("path", "verdict", "analytic", "numeric", "error bar", "looked at")
NARROW = 72


def renderable(report: VerificationReport) -> RenderableType:
    """What rich shows of a report.

    >>> from nnframe.verification import VerificationReport
    >>> console = Console(width=40, force_terminal=False)
    >>> console.print(renderable(VerificationReport((Finding("weight", Verdict.PASS),))))  # doctest: +ELLIPSIS
    PASS: 1 gradient right
    weight: PASS...
    """
    return _Rendered(report)


@frozen
class _Rendered:
    """A report that knows how wide it may be when it is printed."""

    report: VerificationReport

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        report = self.report
        yield Text(headline(report), style=STYLES[report.verdict])
        if options.max_width >= NARROW and report.findings:
            yield _table(report)
        for finding in report.worst_first():
            if options.max_width < NARROW:
                yield _block(finding)
            if finding.hint and (finding.verdict is not Verdict.PASS or finding.numerically_zero or finding.declared):
                path, hint = make_printable(finding.path), make_printable(finding.hint, lines=True)
                yield Text.assemble((f"{path}: ", STYLES[finding.verdict]), hint)
        yield from (Text(make_printable(note, lines=True)) for note in report.notes)
        yield Text(f"{report.forwards:,} forwards, {report.seconds:.3g} s, seed {report.seed}", style="dim")


def _table(report: VerificationReport) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for number, column in enumerate(COLUMNS):
        table.add_column(column, overflow="fold", justify="right" if 2 <= number <= 4 else "left")
    for finding in report.worst_first():
        cells = [Text(cell) for cell in row(finding)]
        cells[1].style = STYLES[finding.verdict]
        table.add_row(*cells)
    return table


def _block(finding: Finding) -> Text:
    cells = row(finding)
    numbers = f"\n  {cells[2]} against {cells[3]} ± {cells[4]}" if finding.worst is not None else ""
    return Text.assemble(
        f"{make_printable(finding.path)}: ", (cells[1], STYLES[finding.verdict]), f"{numbers}\n  {cells[5]}".rstrip()
    )
