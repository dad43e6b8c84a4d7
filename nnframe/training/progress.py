"""How training shows itself: a bar in a terminal or a notebook, a line an epoch elsewhere, or nothing."""

from __future__ import annotations

import sys
from typing import Literal

from nnframe.interfaces import Display
from nnframe.training.display import Lines, Silence

__all__ = ["STYLES", "Style", "choose_display", "display_of"]

Style = Literal["auto", "bar", "notebook", "lines", "none"]
STYLES: tuple[Style, ...] = ("auto", "bar", "notebook", "lines", "none")


def choose_display(progress: bool) -> Display:
    """Return what fits where the output goes; nothing where none is wanted."""
    return display_of("auto" if progress else "none")


def display_of(style: Style, every: int | None = None) -> Display:
    """Return a display; ``every`` is after how many epochs a line is printed, by default ten a run."""
    if style == "auto":
        style = _fitting()
    if style == "bar":
        from nnframe.training.bar import Bar

        return Bar()
    if style == "notebook":
        from nnframe.training.notebook import Notebook

        return Notebook()
    return Lines(every) if style == "lines" else Silence()


def _fitting() -> Style:
    from nnframe.training.notebook import in_notebook

    if in_notebook():
        return "notebook"
    return "bar" if sys.stdout is not None and sys.stdout.isatty() else "lines"
