"""What a GradientMonitor saw, as data and as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
from attrs import frozen

from nnframe.training.tables import html_table, rich_table, text_of

if TYPE_CHECKING:
    from rich.console import Group

__all__ = ["GradientReport", "LayerRow", "UnitsRow", "Verdict"]

Verdict = Literal["ok", "vanishing", "exploding", "no gradient", "not finite", "not watched"]

_LAYERS = ("layer", "parameters", "norm", "largest", "relative", "verdict")
_UNITS = ("activation", "part", "units", "dead")


@frozen
class LayerRow:
    """The gradients of one layer.

    Attributes:
        path: The layer.
        parameters: How many it has.
        mean, largest: Norm of the gradient over the steps watched.
        ratio: Mean norm / √parameters, over that of the last layer.
        verdict: What to think of it.
    """

    path: str
    parameters: int
    mean: float
    largest: float
    ratio: float
    verdict: Verdict


@frozen
class UnitsRow:
    """The units of one activation: how many there are, and how many were 0 throughout the last epoch."""

    path: str
    part: str
    units: int
    dead: int


@frozen
class GradientReport:
    """What a GradientMonitor saw. Prints as tables; rich and notebooks show it as such.

    >>> report = GradientReport((LayerRow("0", 4, 0.5, 1.0, 1e-6, "vanishing"),), ())
    >>> report.worrying
    ('0: vanishing',)
    """

    layers: tuple[LayerRow, ...]
    units: tuple[UnitsRow, ...]

    @property
    def worrying(self) -> tuple[str, ...]:
        """Each layer whose verdict is not ok, and each activation with dead units, on a line."""
        bad = [f"{row.path}: {row.verdict}" for row in self.layers if row.verdict != "ok"]
        dead = [f"{row.path}: {row.dead} of {row.units} units are dead" for row in self.units if row.dead]
        return (*bad, *dead)

    def to_dict(self) -> dict[str, object]:
        """Return it as names, numbers and lists."""
        return attrs.asdict(
            self, value_serializer=lambda *each: list(each[2]) if isinstance(each[2], tuple) else each[2]
        )

    def __rich__(self) -> Group:
        from rich.console import Group

        tables = [rich_table(_LAYERS, self._layer_rows(), "")]
        if self.units:
            tables.append(rich_table(_UNITS, self._unit_rows(), "", texts=2))
        return Group(*tables)

    def _repr_html_(self) -> str:
        units = html_table(_UNITS, self._unit_rows(), "", texts=2) if self.units else ""
        return html_table(_LAYERS, self._layer_rows(), "") + units

    def __str__(self) -> str:
        return text_of(self)

    def _layer_rows(self) -> list[list[str]]:
        return [
            [row.path, f"{row.parameters:,}", f"{row.mean:.3g}", f"{row.largest:.3g}", f"{row.ratio:.3g}", row.verdict]
            for row in self.layers
        ]

    def _unit_rows(self) -> list[list[str]]:
        return [[row.path, row.part, f"{row.units:,}", f"{row.dead:,}"] for row in self.units]
