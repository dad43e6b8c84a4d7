"""Figures of a history with matplotlib, which is imported only here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnframe.errors import MissingDependencyError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nnframe.training.history import History

__all__ = ["draw"]

_TRAINING, _VALIDATION = "#2458a6", "#c2570c"


def draw(history: History, names: Sequence[str] = ()) -> Figure:
    """Draw a history, one pair of axes for each number and its ``val_``; by default for all that change."""
    try:
        from matplotlib.figure import Figure
        from matplotlib.ticker import MaxNLocator
    except ImportError as cause:
        raise MissingDependencyError("plot needs matplotlib: pip install 'nnframe[plot]'") from cause
    shown = list(dict.fromkeys(name.removeprefix("val_") for name in names or _changing(history)))
    columns = min(max(len(shown), 1), 3)
    rows = -(-max(len(shown), 1) // columns)
    figure = Figure(figsize=(4.0 * columns, 3.0 * rows), layout="constrained")
    for position, name in enumerate(shown, 1):
        axes = figure.add_subplot(rows, columns, position)
        for key, label, colour in ((name, "training", _TRAINING), (f"val_{name}", "validation", _VALIDATION)):
            points = [(number, epoch[key]) for number, epoch in enumerate(history.epochs, 1) if key in epoch]
            if points:
                axes.plot(*zip(*points, strict=True), label=label, color=colour, marker="." if len(points) < 25 else "")
        axes.set_title(name.replace("$", r"\$"))
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
        if f"val_{name}" in history.names:
            axes.legend()
    return figure


def _changing(history: History) -> list[str]:
    changing = [name for name in history.names if len(set(history[name])) > 1]
    return changing or [name for name in history.names if name != "learning_rate"]
