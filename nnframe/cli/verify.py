"""nnframe verify: is every gradient right, and if not, what is the mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from nnframe.errors import ConfigurationError

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    target: Annotated[str, typer.Argument(help="A saved model, an experiment (.toml), or module:object.")],
    data: Annotated[str, typer.Option(help="A .npz file with x and y to verify on.")] = "",
    examples: Annotated[int, typer.Option(min=1, help="How many examples.")] = 8,
    input_shape: Annotated[str, typer.Option(help="The input of a single layer, such as 8,28,28,3.")] = "",
    strategy: Annotated[str, typer.Option(help="auto, every-element, search, sample or end-to-end.")] = "auto",
    seed: Annotated[int, typer.Option(min=0, help="Repeats the same verification.")] = 0,
    budget: Annotated[float, typer.Option(help="At most so many seconds; 0 for no limit.")] = 0.0,
    json: Annotated[Path | None, typer.Option(help="Write the report as JSON.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report as a web page, with pictures.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write the report as JUnit XML.")] = None,
    details: Annotated[bool, typer.Option("--details", help="Keep what pictures show in the JSON too.")] = False,
) -> int:
    """Verify every gradient. Exits with 0: all right; 1: wrong; 2: undecided; 3: could not run."""
    from nnframe.cli._verify import check_files, print_report, write_files
    from nnframe.experiment.target import Request, verify_target
    from nnframe.verification import GradientVerifier
    from nnframe.verification.verifier import Strategy

    check_files(json, html, junit, read=(target, data))
    shape = _shape(input_shape)
    verifier = GradientVerifier(cast("Strategy", strategy), seed, budget or None, details=details or html is not None)
    report = verify_target(Request(target, data, examples, shape, verifier))
    print_report(report)
    write_files(report, title=target, json=json, html=html, junit=junit)
    return 1 if report.failed else 0 if report.passed else 2


def _shape(text: str) -> tuple[int, ...]:
    lengths = [length.strip() for length in text.split(",") if length.strip()]
    if not all(length.isdecimal() and len(length) < 19 for length in lengths):
        raise ConfigurationError(
            f"--input-shape expects whole numbers with commas, such as 8,28,28,3, got {text!r:.80}"
        )
    return tuple(map(int, lengths))
