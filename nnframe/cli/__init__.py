"""The nnframe command: each module here without a leading underscore is one command, or one group of commands.

A new command is one new file with a function ``add_to(app)``, which adds it to the Typer application. A command's
function returns its exit code and raises any error; ``_exit`` alone decides what becomes of errors.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:  # nothing that takes time is imported before main() can answer Ctrl-C
    from collections.abc import Sequence

__all__ = ["main"]

NARROWEST, WIDEST = 20, 1000
"""How many columns the output may have."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What stands behind ``nnframe`` on the command line; by default what does.

    Returns:
        0: what was asked for was reached; 1: it was not; 2: undecided; 3: it could not be run, wrong arguments
        included; 130: Ctrl-C; 141: nobody reads the output any more.
    """
    try:
        from nnframe.cli._interrupt import leave_on_interrupt

        with leave_on_interrupt():
            from nnframe.cli._exit import run_guarded

        _limit_width()
        return run_guarded(lambda: _run(arguments))
    except KeyboardInterrupt:  # between the imports; run_guarded answers all others
        return 130


def _limit_width() -> None:
    """Keep the widths that the environment asks for within limits: rich and Typer take them as they are."""
    for name in ("COLUMNS", "TERMINAL_WIDTH"):
        if name not in os.environ:
            continue
        try:
            os.environ[name] = str(min(max(int(os.environ[name]), NARROWEST), WIDEST))
        except ValueError:  # no number, or one with thousands of digits
            del os.environ[name]


def _run(arguments: Sequence[str] | None) -> int:
    from nnframe.cli._interrupt import leave_on_interrupt

    with leave_on_interrupt():
        from importlib.util import find_spec

        missing = [package for package in ("typer", "rich") if find_spec(package) is None]
    if missing:
        from nnframe.errors import MissingDependencyError

        raise MissingDependencyError(
            f"the command needs {' and '.join(missing)}: pip install 'nnframe[cli]' (everything that it does can be "
            "done from Python without)"
        )
    with leave_on_interrupt():
        from nnframe.cli._app import run

    return run(arguments)
