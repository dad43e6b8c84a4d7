"""LayerNorm: the features of each place with their own mean and variance."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, namespace
from nnframe.arrays.parallel import for_each
from nnframe.arrays.sums import blocks, sum_columns
from nnframe.checks import positive
from nnframe.compiled import compiles
from nnframe.compiled.rows import normalise_rows, pull_normalised_rows
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Layer, Result
from nnframe.interfaces.parameters import constant_parameter
from nnframe.layers.normalization import Rescaling, add_shares, find_row_factors, pieces, rows_of, shrunk_epsilon

__all__ = ["LayerNorm"]


@frozen
class LayerNorm(Layer[Rescaling]):
    """y = scale · (x - μ) / √(σ² + ε) + shift, with μ and σ² over the last axis.

    Source: Ba, Kiros and Hinton 2016. (batch, ..., features) -> the same.

    Args:
        epsilon: ε.

    >>> x = np.array([[1.0, 3.0]])
    >>> LayerNorm().forward(Rescaling(np.ones(2), np.zeros(2)), x, Context())[0].round(3)
    array([[-1.,  1.]])
    """

    epsilon: float = attrs.field(default=1e-5, validator=positive)

    def initialize(self, x: Array, rng: Generator) -> Rescaling:
        if x.ndim < 2:
            raise ShapeError(f"LayerNorm expects (batch, ..., features), got {x.shape}: flatten or reshape the input")
        return Rescaling(constant_parameter(1.0, x.shape[-1]), constant_parameter(0.0, x.shape[-1]))

    def forward(self, parameters: Rescaling, x: Array, context: Context) -> Result[Rescaling]:
        rows, scale = rows_of(x), parameters.scale
        with np.errstate(over="ignore", invalid="ignore"):
            y, mean, inverse = _normalised(rows, scale, parameters.shift, self.epsilon)
        factors = find_row_factors(rows, inverse)
        if factors is not None:
            rows = rows * factors
            y, mean, inverse = _normalised(rows, scale, parameters.shift, shrunk_epsilon(self.epsilon, factors))

        def pullback(dy: Array) -> tuple[Array, Rescaling]:
            upstream = rows_of(dy)
            pull = _pulled_by_loop if compiles(rows, scale, upstream) else _pulled
            dx, gradient = pull(scale, rows, mean, inverse, upstream)
            if factors is not None:
                dx *= factors
            return namespace(x).reshape(dx, x.shape), gradient

        return namespace(x).reshape(y, x.shape), pullback


def _normalised(rows: Array, scale: Array, shift: Array, epsilon: float | Array) -> tuple[Array, Array, Array]:
    """Return y, μ and 1 / s of each row, with s = √(σ² + ε)."""
    xp = namespace(rows)
    y, average = xp.empty_like(rows), xp.ones_like(scale) / scale.shape[0]
    mean, inverse = xp.empty_like(rows[:, :1]), xp.empty_like(rows[:, :1])

    if isinstance(epsilon, float) and compiles(rows, scale, shift):
        normalise_rows(rows, scale, shift, epsilon, y, mean, inverse)
        return y, mean, inverse

    def fill(some: slice) -> None:
        mean[some] = xp.matmul(rows[some], average)[:, None]
        part = rows[some] - mean[some]
        variance = (xp.vecdot(part, part) / scale.shape[0])[:, None]
        inverse[some] = 1 / xp.sqrt(variance + (epsilon if isinstance(epsilon, float) else epsilon[some]))
        part *= inverse[some] * scale
        part += shift
        y[some] = part

    for_each(fill, pieces(rows), rows.size)
    return y, mean, inverse


def _pulled(scale: Array, rows: Array, mean: Array, inverse: Array, dy: Array) -> tuple[Array, Rescaling]:
    """dx = (u - mean(u) - z mean(u z)) / s, Σ dy z and Σ dy, with u = scale dy, z = (x - μ) / s and s = √(σ² + ε)."""
    xp, weights = namespace(rows), scale / scale.shape[0]
    dx = xp.empty_like(rows)

    def fill(some: slice) -> tuple[Array, Array]:
        part, turn = dy[some], inverse[some]
        z = rows[some] - mean[some]
        z *= turn
        product = part * z
        dscale, dshift = xp.sum(product, axis=0), xp.sum(part, axis=0)
        z *= xp.matmul(product, weights)[:, None]
        z += xp.matmul(part, weights)[:, None]
        product = part * scale
        product -= z
        product *= turn
        dx[some] = product
        return dscale, dshift

    sums = for_each(fill, pieces(rows), dy.size)
    dscale, dshift = (add_shares([some[index] for some in sums], scale) for index in (0, 1))
    return dx, Rescaling(dscale, dshift)


def _pulled_by_loop(scale: Array, rows: Array, mean: Array, inverse: Array, dy: Array) -> tuple[Array, Rescaling]:
    """The same in one walk, if compiled."""
    dx, sums = np.empty_like(rows), np.zeros((2, blocks(len(rows)), len(scale)), rows.dtype)
    pull_normalised_rows(rows, scale, mean, inverse, dy, dx, sums[0], sums[1])
    dscale, dshift = sum_columns(sums)
    return dx, Rescaling(dscale, dshift)
