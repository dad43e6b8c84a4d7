"""The nnframe command: each module here without a leading underscore is one command, or one group of commands.

A new command is one new file with a function ``add_to(app)``, which adds it to the Typer application.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What stands behind ``nnframe`` on the command line; by default what does.

    Returns:
        0: all is well; 1: something is wrong, and was said; 2: the arguments make no sense; 3: an optional package is
        missing.
    """
    missing = [package for package in ("typer", "rich") if find_spec(package) is None]
    if missing:
        print(
            f"The nnframe command needs {' and '.join(missing)}: pip install 'nnframe[cli]'\n"
            "(everything that it does can be done from Python without)",
            file=sys.stderr,
        )
        return 3
    from nnframe.cli._app import run

    return run(arguments)
