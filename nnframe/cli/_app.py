"""The application that the commands are added to, and what becomes of errors."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated

import typer

import nnframe
import nnframe.cli
from nnframe.errors import MissingDependencyError, NNFrameError

__all__ = ["make_app", "run"]


def make_app() -> typer.Typer:
    """Return the application with every command in this folder."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, context_settings={"max_content_width": 100})
    app.callback()(_nnframe)
    for module in iter_modules(nnframe.cli.__path__):
        if not module.name.startswith("_"):
            import_module(f"nnframe.cli.{module.name}").add_to(app)
    return app


def run(arguments: Sequence[str] | None) -> int:
    """Run the application; returns its exit code."""
    try:
        make_app()(None if arguments is None else list(arguments), prog_name="nnframe")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except NNFrameError as error:
        print(f"nnframe: {error}", file=sys.stderr)
        return 3 if isinstance(error, MissingDependencyError) else 1
    return 0


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nnframe {nnframe.__version__}")
        raise typer.Exit


def _nnframe(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Neural networks in which every part is a plugin, and a gradient verifier that names the mistake."""
