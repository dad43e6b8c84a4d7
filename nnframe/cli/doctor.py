"""nnframe doctor: follows the published advice on gradient checking and first training runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from nnframe.cli._console import make_console
from nnframe.text import make_printable

__all__ = ["add_to"]

STYLES = {"fine": "green", "look": "bold red", "skipped": "dim"}


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    target: Annotated[str, typer.Argument(help="A saved model, an experiment (.toml), or module:object.")],
    data: Annotated[str, typer.Option(help="A .npz file with x and y.")] = "",
    examples: Annotated[int, typer.Option(min=1, help="How many examples to use, or to make up.")] = 64,
    seed: Annotated[int, typer.Option(min=0, help="Repeats the same report.")] = 0,
    json: Annotated[Path | None, typer.Option(help="Write what was seen as JSON.")] = None,
) -> int:
    """Follow the published advice on a model and its data, and say what was seen.

    Exits with 0: all is as it should be; 1: there is something to look at; 3: it could not be run.
    """
    from nnframe.advice import advise
    from nnframe.cli._verify import check_files, write_file
    from nnframe.experiment.target import Request, model_and_data
    from nnframe.verification import GradientVerifier

    check_files(json, read=(target, data))
    model, x, y = model_and_data(Request(target, data, examples, verifier=GradientVerifier(seed=seed)))
    inputs, targets = model.prepare(x, y)
    rows = slice(examples)
    part = tuple(each[rows] for each in inputs) if isinstance(inputs, tuple) else inputs[rows]
    report = advise(model, part, targets[rows], seed=seed)
    if json is not None:
        write_file(json, report.to_json())
    console = make_console()
    for each in report.advice:
        seen = make_printable(f"{each.name}: {each.saw}")
        text = Text.assemble((f"{each.status:<8} ", STYLES[each.status]), seen)
        console.print(text, soft_wrap=not console.is_terminal)
    return 0 if report.fine else 1
