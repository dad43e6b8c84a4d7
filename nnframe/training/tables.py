"""Tables of numbers: for rich, as text, as CSV, and as HTML in which everything is escaped."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from html import escape
from io import StringIO
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from nnframe.text import make_printable

if TYPE_CHECKING:
    from rich.console import Group

__all__ = ["csv_text", "html_table", "rich_table", "text_of"]

Rows = Sequence[Sequence[str]]

_STYLE = "font-variant-numeric: tabular-nums; padding: 0.15em 0.6em"


def rich_table(headings: Sequence[str], rows: Rows, caption: str, *, texts: int = 1) -> Group:
    """Return a table for rich, and a line under it; its first ``texts`` columns are texts, the others numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.markup import escape as plain
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    for index, heading in enumerate(map(make_printable, headings)):
        if index < texts:
            table.add_column(plain(heading), overflow="fold", min_width=len(heading))
        else:
            table.add_column(plain(_broken(heading)), justify="right", no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*(plain(make_printable(cell)) for cell in row))
    return Group(table, Text(caption)) if caption else Group(table)


def _broken(heading: str) -> str:
    """Write a long name on two lines, so that a column is as wide as its numbers."""
    return heading.replace("_", "_\n", 1) if len(heading) > 8 else heading


def html_table(headings: Sequence[str], rows: Rows, caption: str, *, texts: int = 1) -> str:
    """Return a table as HTML; its first ``texts`` columns are texts, the others numbers.

    >>> html_table(["<b>"], [["1 & 2"]], "")
    '<table><thead>...&lt;b&gt;...</thead><tbody>...1 &amp; 2...</tbody></table>'
    """
    head = _html_row("th", headings, texts)
    body = "".join(_html_row("td", row, texts) for row in rows)
    table = f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"
    return table + (f"<p>{escape(caption)}</p>" if caption else "")


def _html_row(tag: str, cells: Sequence[str], texts: int) -> str:
    aligned = ["left" if index < texts else "right" for index in range(len(cells))]
    written = [
        f'<{tag} style="{_STYLE}; text-align: {side}">{escape(make_printable(cell))}</{tag}>'
        for side, cell in zip(aligned, cells, strict=True)
    ]
    return "".join(["<tr>", *written, "</tr>"])


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    r"""Return rows as CSV that reads back as it was, whatever the cells hold.

    >>> csv_text([["epoch", "a,b"], ["1", "0.5"]])
    'epoch,"a,b"\n1,0.5\n'
    """
    out = StringIO()
    odd = any("\r" in cell for row in rows for cell in row)  # which the csv module does not quote by itself
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL if odd else csv.QUOTE_MINIMAL).writerows(rows)
    return out.getvalue()


def text_of(renderable: object) -> str:
    """Return what rich shows, as plain text as wide as the terminal."""
    from rich.console import Console

    out = StringIO()
    Console(file=out, width=max(get_terminal_size().columns, 60), color_system=None).print(renderable)
    return out.getvalue().rstrip("\n")
