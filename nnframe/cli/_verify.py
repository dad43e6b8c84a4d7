"""Where ``nnframe verify`` and ``nnframe report`` write a report."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from nnframe.verification import VerificationReport
from nnframe.verification.junit import to_junit

__all__ = ["print_report", "write_files"]


def print_report(report: VerificationReport) -> None:
    """Print a report: in colours and as wide as the terminal; into a pipe as plain text."""
    console = Console()
    if console.is_terminal:
        console.print(report)
    else:
        typer.echo(str(report))


def write_files(
    report: VerificationReport,
    *,
    title: str,
    json: Path | None = None,
    html: Path | None = None,
    junit: Path | None = None,
) -> None:
    """Write a report into the files that were asked for."""
    if json is not None:
        json.write_text(report.to_json(), encoding="utf-8")
    if html is not None:
        html.write_text(report.to_html(title), encoding="utf-8")
    if junit is not None:
        junit.write_text(to_junit(report), encoding="utf-8")
