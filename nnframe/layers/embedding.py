"""Embedding: a row of a table for each integer."""

from __future__ import annotations

import math

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Integers
from nnframe.arrays.scatter import sum_rows
from nnframe.checks import whole_from_one
from nnframe.errors import DataError, DtypeError
from nnframe.initializers import Normal
from nnframe.interfaces import Context, Initializer, Layer, Result
from nnframe.layers.convert import as_initializer

__all__ = ["Embedding", "Table"]


@frozen(eq=False)
class Table:
    """The parameters of Embedding."""

    weight: Array
    """(vocabulary, units)"""


@frozen
class Embedding(Layer[Table, Integers, None]):
    """y = W[x]: (batch, ...) integers -> (batch, ..., units).

    Source: Bengio et al. 2003. Give the model ``input_dtype="int64"``.

    Args:
        vocabulary: How many different integers there are; they run from 0 to vocabulary - 1.
        units: How many numbers each of them becomes.
        weight_initializer: Where W begins.

    >>> y, pullback = Embedding(2, 1).forward(Table(np.array([[5.0], [6.0]])), np.array([1, 1]), Context())
    >>> y.ravel(), pullback(np.ones((2, 1)))[1].weight.ravel()
    (array([6., 6.]), array([0., 2.]))
    """

    vocabulary: int = attrs.field(validator=whole_from_one)
    units: int = attrs.field(validator=whole_from_one)
    weight_initializer: Initializer = attrs.field(default=Normal(), converter=as_initializer, kw_only=True)

    def initialize(self, x: Integers, rng: Generator) -> Table:
        if x.dtype.kind not in "iu":
            raise DtypeError(f"Embedding expects integers, got {x.dtype}: give the model input_dtype='int64'")
        return Table(self.weight_initializer((self.vocabulary, self.units), rng))

    def forward(self, parameters: Table, x: Integers, context: Context) -> Result[Table, None]:
        if x.size and (x.min() < 0 or x.max() >= self.vocabulary):
            where = tuple(int(index) for index in np.argwhere((x < 0) | (x >= self.vocabulary))[0])
            raise DataError(
                f"Embedding takes integers from 0 to {self.vocabulary - 1}, and x{list(where)} is {x[where]}: "
                "mend the data, or make the vocabulary larger"
            )

        def pullback(dy: Array) -> tuple[None, Table]:
            rows = dy.reshape(math.prod(x.shape), self.units)
            return None, Table(sum_rows(rows, x.reshape(-1), self.vocabulary))

        return parameters.weight.take(x, 0), pullback
