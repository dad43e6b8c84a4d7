"""nnframe run: an experiment in one TOML file, from data to a saved model."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from nnframe.cli._console import make_console
from nnframe.cli._exit import NOT_REACHED, report_error
from nnframe.errors import GradientError, SaveError
from nnframe.text import make_printable, quote

if TYPE_CHECKING:
    from nnframe.experiment import Plan

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    plan: Annotated[Path, typer.Argument(help="The experiment, a TOML file such as docs/examples/digits.toml.")],
    folder: Annotated[Path, typer.Option(help="Where files are read and written.")] = Path(),
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress while training.")] = False,
) -> int:
    """Verify every gradient, train, test, save, and load again in a new process.

    The model is saved only where everything was reached. Exits with 0: it was; 1: a gradient is wrong, or a minimum was
    missed; 3: it could not be run.
    """
    from nnframe.cli._verify import check_files
    from nnframe.experiment import read_plan, run_plan

    console = make_console()
    asked = read_plan(plan)
    if asked.files is not None:
        check_files(folder / asked.files.model, read=(plan, folder / asked.data.source))
    _check_callbacks(plan, asked, folder)
    try:
        outcome = run_plan(asked, folder=folder, console=console, progress=not quiet)
    except GradientError as error:
        report_error(error)
        return NOT_REACHED
    for sentence in outcome.missed:
        console.print(Text(make_printable(f"missed     {sentence}"), style="bold red"), soft_wrap=True)
    return 1 if outcome.missed else 0


def _check_callbacks(path: Path, plan: Plan, folder: Path) -> None:
    """Refuse a callback that would write over the plan, the data, or the model's file."""
    from nnframe.datasets import BUNDLED

    kept = {"the experiment": path}
    if plan.data.source not in BUNDLED:
        kept["the data"] = folder / plan.data.source
    if plan.files is not None:
        kept["the model's file"] = folder / plan.files.model
    for number, callback in enumerate(plan.training.callbacks):
        for option, text in _list_texts(callback):
            for name, file in kept.items():
                if _may_name(text, str(file)):
                    raise SaveError(
                        f"training: callbacks: entry {number}: {option} = {quote(text)} is {name}, and cannot be "
                        "written over: give it another name"
                    )


def _list_texts(value: object, option: str = "") -> Iterator[tuple[str, str]]:
    """Find every text that may be a path in a callback's options; which option is one, only its class knows."""
    if isinstance(value, Mapping):
        for name, entry in value.items():
            if name != "name":
                yield from _list_texts(entry, name)
    elif isinstance(value, list):
        for entry in value:
            yield from _list_texts(entry, option)
    elif isinstance(value, str) and option and "\0" not in value:
        yield option, value


def _may_name(text: str, file: str) -> bool:
    """Say whether a path, in which numbers may stand for ``{epoch}`` and ``{step}``, leads to a file."""
    if "\0" in file:
        return False
    with suppress(OSError):  # one of them is not there yet
        if Path(text).samefile(file):
            return True
    pattern = re.sub(r"\\\{(epoch|step)\\\}", r"\\d+", re.escape(os.path.realpath(text)))
    return re.fullmatch(pattern, os.path.realpath(file)) is not None
