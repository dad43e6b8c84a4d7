"""nnframe run: an experiment in one TOML file, from data to a saved model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from nnframe.text import make_printable

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

    console = Console()
    asked = read_plan(plan)
    if asked.files is not None:
        check_files(folder / asked.files.model, read=(plan, folder / asked.data.source))
    outcome = run_plan(asked, folder=folder, console=console, progress=not quiet)
    for sentence in outcome.missed:
        console.print(Text(make_printable(f"missed     {sentence}"), style="bold red"), soft_wrap=True)
    return 1 if outcome.missed else 0
