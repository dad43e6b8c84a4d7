"""RMSNorm: the features of each place divided by their root mean square."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, namespace
from nnframe.arrays.sums import blocks, sum_columns
from nnframe.checks import positive
from nnframe.compiled import compiles
from nnframe.compiled.rows import divide_rows, pull_divided_rows
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Layer, Result
from nnframe.interfaces.parameters import constant_parameter
from nnframe.layers.normalization import add_shares, find_row_factors, pieces, rows_of, shrunk_epsilon

__all__ = ["Gain", "RMSNorm"]


@frozen(eq=False)
class Gain:
    """The parameters of RMSNorm."""

    scale: Array
    """(features,)"""


@frozen
class RMSNorm(Layer[Gain]):
    """y = scale · x / √(mean(x²) + ε), the mean being over the last axis.

    Source: Zhang and Sennrich 2019. (batch, ..., features) -> the same.

    Args:
        epsilon: ε.

    >>> RMSNorm().forward(Gain(np.ones(2)), np.array([[3.0, 3.0]]), Context())[0].round(3)
    array([[1., 1.]])
    """

    epsilon: float = attrs.field(default=1e-6, validator=positive)

    def initialize(self, x: Array, rng: Generator) -> Gain:
        if x.ndim < 2:
            raise ShapeError(f"RMSNorm expects (batch, ..., features), got {x.shape}: flatten or reshape the input")
        return Gain(constant_parameter(1.0, x.shape[-1]))

    def forward(self, parameters: Gain, x: Array, context: Context) -> Result[Gain]:
        rows, scale = rows_of(x), parameters.scale
        with np.errstate(over="ignore", invalid="ignore"):
            y, inverse = _divided(rows, scale, self.epsilon)
        factors = find_row_factors(rows, inverse)
        if factors is not None:
            rows = rows * factors
            y, inverse = _divided(rows, scale, shrunk_epsilon(self.epsilon, factors)[:, 0])

        def pullback(dy: Array) -> tuple[Array, Gain]:
            upstream = rows_of(dy)
            pull = _pulled_by_loop if compiles(rows, scale, upstream) else _pulled
            dx, dscale = pull(scale, rows, inverse, upstream)
            if factors is not None:
                dx *= factors
            return namespace(x).reshape(dx, x.shape), Gain(dscale)

        return namespace(x).reshape(y, x.shape), pullback


def _divided(rows: Array, scale: Array, epsilon: float | Array) -> tuple[Array, Array]:
    """Return y, and 1 / √(mean(x²) + ε) of each row."""
    xp = namespace(rows)
    y, average = xp.empty_like(rows), xp.ones_like(scale) / scale.shape[0]
    inverse = xp.empty_like(rows[:, 0])
    if isinstance(epsilon, float) and compiles(rows, scale):
        divide_rows(rows, scale, epsilon, y, inverse)
        return y, inverse
    for some in pieces(rows):
        part = rows[some] * rows[some]
        inverse[some] = 1 / xp.sqrt(
            xp.matmul(part, average) + (epsilon if isinstance(epsilon, float) else epsilon[some])
        )
        part = rows[some] * inverse[some][:, None]
        part *= scale
        y[some] = part
    return y, inverse


def _pulled(scale: Array, rows: Array, inverse: Array, dy: Array) -> tuple[Array, Array]:
    """dx = (u - z mean(u z)) / r and Σ dy z, with u = scale dy, z = x / r and r² = mean(x²) + ε."""
    xp = namespace(rows)
    dx, weights, shares = xp.empty_like(rows), scale / scale.shape[0], []
    for some in pieces(rows):
        turn = inverse[some][:, None]
        z = rows[some] * turn
        product = dy[some] * z
        shares.append(xp.sum(product, axis=0))
        part = dy[some] * scale
        z *= xp.matmul(product, weights)[:, None]
        part -= z
        part *= turn
        dx[some] = part
    return dx, add_shares(shares, scale)


def _pulled_by_loop(scale: Array, rows: Array, inverse: Array, dy: Array) -> tuple[Array, Array]:
    """The same in one walk, if compiled."""
    dx, dscale = np.empty_like(rows), np.zeros((blocks(len(rows)), len(scale)), rows.dtype)
    pull_divided_rows(rows, scale, inverse, dy, dx, dscale)
    return dx, sum_columns(dscale)
