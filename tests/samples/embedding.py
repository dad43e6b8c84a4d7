"""An embedding: integers in, no gradient for them."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Integers
from nnframe.interfaces import Context, Layer, Result


@frozen(eq=False)
class Table:
    """rows: (vocabulary, width)."""

    rows: Array


@frozen
class SmallEmbedding(Layer[Table, Integers, None]):
    """y = rows[x]."""

    vocabulary: int
    width: int

    def initialize(self, x: Integers, rng: Generator) -> Table:
        return Table(rng.normal(size=(self.vocabulary, self.width)))

    def forward(self, parameters: Table, x: Integers, context: Context) -> Result[Table, None]:
        def pullback(dy: Array) -> tuple[None, Table]:
            gradient = np.zeros_like(parameters.rows)
            np.add.at(gradient, x, dy)
            return None, Table(gradient)

        return parameters.rows[x], pullback
