"""nnframe report: reports that were written before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnframe.cli._group import make_group
from nnframe.errors import FileFormatError
from nnframe.paths import read_text, show_path
from nnframe.verification import VerificationReport
from nnframe.verification.report.json import MOST_BYTES

__all__ = ["add_to"]

Report = Annotated[Path, typer.Argument(help="A report in JSON, as nnframe verify --json writes it.")]


def add_to(app: typer.Typer) -> None:
    """Add the group of commands."""
    reports = make_group("Reports that were written before.")
    reports.command("show")(show)
    reports.command("diff")(diff)
    app.add_typer(reports, name="report")


def show(
    report: Report, html: Annotated[Path | None, typer.Option(help="Write it as a web page as well.")] = None
) -> int:
    """Print a report as a table. Exits with 0: it was shown, whatever its verdict; 3: it could not be read."""
    from nnframe.cli._verify import check_files, print_report, write_files

    check_files(html, read=(report,))
    read = _read(report)
    print_report(read)
    write_files(read, title=report.stem, html=html)
    return 0


def diff(before: Report, after: Report) -> int:
    """Say what changed between two reports.

    Exits with 0: nothing is worse; 1: something is; 3: one of them could not be read.
    """
    from nnframe.verification.report.diff import compare_reports

    changes = compare_reports(_read(before), _read(after))
    for change in changes:
        typer.echo(f"{'worse ' if change.worse else '      '} {change}")
    if not changes:
        typer.echo("nothing changed")
    return 1 if any(change.worse for change in changes) else 0


def _read(path: Path) -> VerificationReport:
    try:
        return VerificationReport.from_json(read_text(path, "report", MOST_BYTES, FileFormatError))
    except FileFormatError as error:
        raise FileFormatError(f"{show_path(path)}: {error.message}") from error
