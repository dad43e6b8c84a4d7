"""Tables that stay readable in a pipe and in a narrow terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from nnframe.cli._console import make_console
from nnframe.text import make_printable

__all__ = ["print_table"]

GAP = 2
NARROWEST = 4


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], console: Console | None = None) -> None:
    """Print a table, one line a row: whole into a pipe, and cut to the width of a terminal.

    The first column, which names the row, is cut last; the longest of the others first.

    Args:
        columns: What stands above each column.
        rows: The cells.
        console: Where to; by default the standard output.

    >>> print_table(["name", "kind"], [["dense", "layer"], ["relu", "activation"]], Console(force_terminal=False))
    name   kind
    dense  layer
    relu   activation
    """
    console = console or make_console()
    lines = [[make_printable(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    if console.is_terminal:
        widths = _fit_widths(widths, console.width - GAP * (len(widths) - 1))
    for number, row in enumerate(lines):
        line = (" " * GAP).join(_cut(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True))
        console.print(Text(line.rstrip(), style="" if number else "bold"), soft_wrap=True)


def _fit_widths(widths: Sequence[int], available: int) -> list[int]:
    """Narrow the widest column, again and again, until all fit; the first one only where the others are narrow.

    >>> _fit_widths([10, 30, 20], 40), _fit_widths([10, 5, 5], 12)
    ([10, 15, 15], [4, 4, 4])
    """
    fitted = list(widths)
    while sum(fitted) > available:
        widest = max(range(1, len(fitted)), key=fitted.__getitem__, default=0)
        if fitted[widest] <= NARROWEST:
            widest = 0
        if fitted[widest] <= NARROWEST:
            break
        fitted[widest] -= 1
    return fitted


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else f"{cell[: width - 1]}…"
