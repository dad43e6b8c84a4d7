"""nnframe report: reports that were written before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnframe.cli._command import Command
from nnframe.errors import FileFormatError
from nnframe.verification import VerificationReport

__all__ = ["add_to"]

Report = Annotated[Path, typer.Argument(help="A report in JSON, as nnframe verify --json writes it.")]


def add_to(app: typer.Typer) -> None:
    """Add the group of commands."""
    reports = typer.Typer(no_args_is_help=True, help="Reports that were written before.")
    reports.command("show", cls=Command)(show)
    reports.command("diff", cls=Command)(diff)
    app.add_typer(reports, name="report")


def show(
    report: Report, html: Annotated[Path | None, typer.Option(help="Write it as a web page as well.")] = None
) -> None:
    """Print a report as a table."""
    from nnframe.cli._verify import check_folders, could_not_run, print_report, write_files

    with could_not_run():
        check_folders(html)
        read = _read(report)
    print_report(read)
    write_files(read, title=report.stem, html=html)


def diff(before: Report, after: Report) -> None:
    """Say what changed between two reports. Exits with 1 if anything is worse, 3 if one cannot be read."""
    from nnframe.cli._verify import could_not_run
    from nnframe.verification.report.diff import compare_reports

    with could_not_run():
        changes = compare_reports(_read(before), _read(after))
    for change in changes:
        typer.echo(f"{'worse ' if change.worse else '      '} {change}")
    if not changes:
        typer.echo("nothing changed")
    raise typer.Exit(1 if any(change.worse for change in changes) else 0)


def _read(path: Path) -> VerificationReport:
    try:
        return VerificationReport.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as cause:
        raise FileFormatError(f"{path} cannot be read: {cause}") from cause
