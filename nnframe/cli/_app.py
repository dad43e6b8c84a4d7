"""The application that the commands are added to: it reads the command line, and runs what that asks for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from functools import partial, wraps
from importlib import import_module
from io import StringIO
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Any

import typer

import nnframe
from nnframe.cli._exit import CLOSED_PIPE, COULD_NOT_RUN
from nnframe.cli._group import make_group, show_help
from nnframe.errors import ConfigurationError
from nnframe.text import quote

__all__ = ["make_app", "run"]

CODES = (
    "Exits with 0: what was asked for was reached; 1: it was not; 2: undecided; 3: it could not be run, wrong options "
    "included; 130: Ctrl-C; 141: nobody reads the output any more. NNFRAME_TRACEBACK=1 shows an error's traceback."
)


def make_app() -> typer.Typer:
    """Return the application with every command in this folder."""
    app = make_group(epilog=CODES)
    app.callback(invoke_without_command=True)(_nnframe)
    for module in iter_modules([str(Path(__file__).parent)]):
        if not module.name.startswith("_"):
            import_module(f"nnframe.cli.{module.name}").add_to(app)
    _defer(app)
    return app


def run(arguments: Sequence[str] | None) -> int:
    """Read the command line, and run what it asks for; returns its exit code.

    Raises:
        ConfigurationError: The command line makes no sense.
        Exception: Whatever the command raises.
    """
    asked = _read_command_line(sys.argv[1:] if arguments is None else list(arguments))
    return asked() if callable(asked) else asked


def _read_command_line(words: list[str]) -> Callable[[], int] | int:
    """Return what is to be run; or an exit code, where Typer has answered itself."""
    command = typer.main.get_command(make_app())
    said = StringIO()
    try:
        if "_NNFRAME_COMPLETE" in os.environ:
            with redirect_stderr(said):
                command.main(prog_name="nnframe")  # the shell asks for completions
        with command.make_context("nnframe", words) as context:
            asked: Callable[[], int] | None = command.invoke(context)
    except typer.Exit as end:  # after --help or --version
        return end.exit_code
    except SystemExit as end:  # after completions, or as rich's answer to a closed pipe; no user's code ran here
        if isinstance(end.__context__, BrokenPipeError):
            return CLOSED_PIPE
        if end.code:
            asked_for = quote(os.environ.get("_NNFRAME_COMPLETE", ""))
            raise ConfigurationError(f"_NNFRAME_COMPLETE is {asked_for}: {said.getvalue().strip()}") from end
        return 0
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        raise ConfigurationError(_explain_usage(error)) from error
    return COULD_NOT_RUN if asked is None else asked  # of a group alone the help was shown


def _defer(app: typer.Typer) -> None:
    """Let Typer return each command with its arguments, to be run outside: it takes some errors for its own."""

    def defer(function: Callable[..., int]) -> Callable[..., Callable[[], int]]:
        @wraps(function)
        def deferred(**arguments: Any) -> Callable[[], int]:
            return partial(function, **arguments)

        return deferred

    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = defer(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _defer(group.typer_instance)


def _explain_usage(error: Any) -> str:
    context = getattr(error, "ctx", None)
    hint = "" if context is None else f" ({context.command_path} --help shows what there is)"
    return f"{str(error.format_message()).rstrip('.')}{hint}"


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nnframe {nnframe.__version__}")
        raise typer.Exit


def _nnframe(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Neural networks in which every part is a plugin, and a gradient verifier that names the mistake."""
    show_help(context)
