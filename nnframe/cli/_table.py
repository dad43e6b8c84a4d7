"""Tables that stay readable in a pipe and in a narrow terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["print_table"]


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], console: Console | None = None) -> None:
    """Print a table: one line a row into a pipe, columns where the terminal is wide enough, and else one block a row.

    Args:
        columns: What stands above each column.
        rows: The cells.
        console: Where to; by default the standard output.

    >>> print_table(["name", "kind"], [["dense", "layer"], ["relu", "activation"]], Console(force_terminal=False))
    name   kind
    dense  layer
    relu   activation
    """
    console = console or Console()
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    if not console.is_terminal:
        for row in (columns, *rows):
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            console.print(Text(line.rstrip()), soft_wrap=True)
    elif sum(widths) + 3 * len(widths) <= console.width:
        table = Table(box=None, header_style="bold")
        for column in columns:
            table.add_column(column, no_wrap=True)
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
    else:
        _print_blocks(columns, rows, console)


def _print_blocks(columns: Sequence[str], rows: Sequence[Sequence[str]], console: Console) -> None:
    for row in rows:
        console.print(Text(row[0], style="bold"))
        for column, cell in zip(columns[1:], row[1:], strict=True):
            if cell:
                console.print(Text(f"  {column}: {cell}"))
