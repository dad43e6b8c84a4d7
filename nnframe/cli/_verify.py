"""Where commands print a report, and write files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import typer

from nnframe.cli._console import make_console
from nnframe.errors import SaveError
from nnframe.paths import show_path
from nnframe.persistence.atomic import replace_file
from nnframe.verification import VerificationReport
from nnframe.verification.report.junit import to_junit

__all__ = ["check_files", "print_report", "write_file", "write_files"]


def check_files(*files: Path | None, read: Sequence[str | Path] = ()) -> None:
    """Refuse, before any work is done, files that could not be written, and one file for two things.

    Args:
        files: What is to be written.
        read: What is read, and so must not be written over.

    Raises:
        SaveError: The message says which.
    """
    named = [file for file in files if file is not None]
    for file in named:
        if not file.parent.is_dir():
            raise SaveError(f"{show_path(file)} cannot be written: there is no folder {show_path(file.parent)}")
        if file.is_dir():
            raise SaveError(f"{show_path(file)} cannot be written: it is a folder")
    for number, file in enumerate(named):
        if file.resolve() in [other.resolve() for other in named[:number]]:
            raise SaveError(f"{show_path(file)} was to be written twice: give each file a name of its own")
        if any(file.exists() and Path(other).exists() and file.samefile(other) for other in read if other):
            raise SaveError(f"{show_path(file)} is read, and cannot be written as well: give the new file another name")


def print_report(report: VerificationReport) -> None:
    """Print a report: in colours and as wide as the terminal; into a pipe as plain text."""
    console = make_console()
    if console.is_terminal:
        console.print(report)
    else:
        typer.echo(str(report))


def write_file(path: Path, text: str) -> None:
    """Write a text file whole or not at all; a pipe or a device is written as it is.

    Raises:
        SaveError: It cannot be written; what was there before still is.
    """
    content = text.encode("utf-8", errors="backslashreplace")
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return

    def write(stream: BinaryIO) -> None:
        stream.write(content)

    replace_file(path, write, lambda _: None)


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
        write_file(json, report.to_json())
    if html is not None:
        write_file(html, report.to_html(title))
    if junit is not None:
        write_file(junit, to_junit(report))
