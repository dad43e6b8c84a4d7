"""Consoles that print at a width that can be read, and leave a closed pipe to ``_exit``."""

from __future__ import annotations

import errno
import os

from rich.console import Console

from nnframe.cli import NARROWEST, WIDEST

__all__ = ["make_console"]


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))  # rich would end the process


def make_console() -> Console:
    """Return a console for the standard output, as wide as the terminal within limits.

    >>> 20 <= make_console().width <= 1000
    True
    """
    console = _Console()
    console.width = min(max(console.width, NARROWEST), WIDEST)
    return console
