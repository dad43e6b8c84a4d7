"""Tables of numbers: for rich, as text, and as HTML in which everything is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import StringIO
from shutil import get_terminal_size
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Group

__all__ = ["html_table", "rich_table", "text_of"]

Rows = Sequence[Sequence[str]]

_STYLE = "text-align: right; font-variant-numeric: tabular-nums; padding: 0.15em 0.6em"


def rich_table(headings: Sequence[str], rows: Rows, caption: str, *, texts: int = 1) -> Group:
    """Return a table for rich, and a line under it; its first ``texts`` columns are texts, the others numbers."""
    from rich.console import Group
    from rich.markup import escape as plain
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for index, heading in enumerate(headings):
        table.add_column(plain(heading), justify="left" if index < texts else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(plain, row))
    return Group(table, Text(caption)) if caption else Group(table)


def html_table(headings: Sequence[str], rows: Rows, caption: str) -> str:
    """Return a table as HTML.

    >>> html_table(["<b>"], [["1 & 2"]], "")
    '<table><thead><tr><th>&lt;b&gt;</th></tr></thead><tbody><tr><td style="...">1 &amp; 2</td></tr></tbody></table>'
    """
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_STYLE}">{escape(cell)}</td>' for cell in row) + "</tr>" for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return table + (f"<p>{escape(caption)}</p>" if caption else "")


def text_of(renderable: object) -> str:
    """Return what rich shows, as plain text as wide as the terminal."""
    from rich.console import Console

    out = StringIO()
    Console(file=out, width=max(get_terminal_size().columns, 60), color_system=None).print(renderable)
    return out.getvalue().rstrip("\n")
