"""nnframe run: an experiment in one TOML file, from data to a saved model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    plan: Annotated[Path, typer.Argument(help="The experiment, a TOML file such as docs/examples/digits.toml.")],
    folder: Annotated[Path, typer.Option(help="Where files are read and written.")] = Path(),
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress while training.")] = False,
) -> None:
    """Verify every gradient, train, test, save, and load again in a new process.

    Exits with 1 if a gradient is wrong or what was to be reached was not.
    """
    from nnframe.experiment import read_plan, run_plan

    console = Console()
    outcome = run_plan(read_plan(plan), folder=folder, console=console, progress=not quiet)
    for sentence in outcome.missed:
        console.print(f"missed     {sentence}", style="bold red")
    raise typer.Exit(1 if outcome.missed else 0)
