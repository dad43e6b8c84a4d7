"""Where ``nnframe verify`` and ``nnframe report`` write a report."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console

from nnframe.errors import NNFrameError, SaveError
from nnframe.verification import VerificationReport
from nnframe.verification.report.junit import to_junit

__all__ = ["check_folders", "could_not_run", "print_report", "write_files"]


def check_folders(*files: Path | None) -> None:
    """Refuse, before any work is done, files in folders that do not exist."""
    for file in files:
        if file is not None and not file.parent.is_dir():
            raise SaveError(f"{file} cannot be written: there is no folder {file.parent}")


@contextmanager
def could_not_run() -> Iterator[None]:
    """Exit with 3 after any error, so that none is taken for a wrong gradient; a user's own with its traceback."""
    try:
        yield
    except (NNFrameError, OSError) as error:
        typer.echo(f"nnframe: {error}", err=True)
        raise typer.Exit(3) from error
    except typer.Exit:
        raise
    except Exception as error:
        traceback.print_exc()
        typer.echo(f"nnframe: {type(error).__name__}: {error}", err=True)
        raise typer.Exit(3) from error


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
