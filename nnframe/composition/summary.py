"""Summary: the table of a model, and the visitor that makes it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from nnframe.composition.tree import dotted
from nnframe.composition.visitor import LayerVisit, Visitor
from nnframe.interfaces import AnyLayer
from nnframe.interfaces.part import brief
from nnframe.layers import Activation
from nnframe.text import make_printable

if TYPE_CHECKING:
    from rich.table import Table

    from nnframe.composition.network import Network

__all__ = ["Row", "Summary", "SummaryVisitor"]


@frozen
class Row:
    """One layer of a summary: where, what, the output's shape without the batch, and what its parameters take."""

    path: str
    part: str
    output: str
    parameters: int
    bytes: int
    trainable: str


@frozen
class Summary:
    """The layers of a model, one row each. Prints as a table; rich and notebooks show it as one.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> summary = Model([Dense(2), "tanh"], input_shape=(3,)).summary()
    >>> summary.rows[0].parameters, summary.parameters
    (8, 8)
    """

    rows: tuple[Row, ...]
    parameters: int
    trainable: int
    bytes: int

    def __rich__(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        table = Table(caption=self._caption(), caption_justify="left")
        for heading in ("path", "part", "output"):
            table.add_column(heading, overflow="fold")
        for heading in ("parameters", "bytes", "trainable"):
            table.add_column(heading, justify="right")
        for row in self.rows:
            cells = (row.path, row.part, row.output, f"{row.parameters:,}", f"{row.bytes:,}", row.trainable)
            table.add_row(*(Text(make_printable(cell)) for cell in cells))  # a Text: no markup in a user's names
        return table

    def __str__(self) -> str:
        from io import StringIO
        from shutil import get_terminal_size

        from rich.console import Console

        out = StringIO()
        Console(file=out, width=max(get_terminal_size().columns, 60), color_system=None).print(self)
        return out.getvalue().rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        headings = "".join(f"<th>{name}</th>" for name in Row.__annotations__)
        rows = "".join(
            "<tr>" + "".join(f"<td>{_quote(getattr(row, name))}</td>" for name in Row.__annotations__) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table><p>{self._caption()}</p>"

    def _caption(self) -> str:
        return f"{self.parameters:,} parameters, {self.trainable:,} trainable, {self.bytes:,} bytes"


def _quote(value: object) -> str:
    return escape(make_printable(str(value)))


class SummaryVisitor(Visitor[Summary]):
    """Collects the rows of a summary."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._seen: set[str] = set()
        self._trainable = 0

    def visit_model(self, model: Network) -> None:
        self.__init__()  # type: ignore[misc]

    def visit_layer(self, visit: LayerVisit) -> None:
        if visit.layer.children and not visit.path:
            return
        own = [parameter for parameter in visit.parameters if parameter.path not in self._seen]
        self._seen.update(parameter.path for parameter in own)
        trained = [parameter for parameter in own if not parameter.statistic]
        moved = sum(parameter.size for parameter in trained if parameter.trainable)
        count = sum(parameter.size for parameter in trained)
        self._trainable += moved
        self._rows.append(
            Row(
                dotted(visit.path),
                _part(visit.layer),
                _shape(visit.output),
                count,
                sum(parameter.value.nbytes for parameter in own),
                "" if not count else "yes" if moved == count else "no" if not moved else f"{moved:,}",
            )
        )

    def finish(self) -> Summary:
        rows = tuple(self._rows)
        return Summary(rows, sum(row.parameters for row in rows), self._trainable, sum(row.bytes for row in rows))


def _part(layer: AnyLayer) -> str:
    if layer.children:
        return type(layer).__name__
    return brief(layer.activation if isinstance(layer, Activation) else layer)


def _shape(output: object) -> str:
    if isinstance(output, tuple):
        return ", ".join(_shape(part) for part in output)
    return f"({', '.join(map(str, output.shape[1:]))})" if isinstance(output, np.ndarray) else ""
