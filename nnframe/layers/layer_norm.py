"""LayerNorm: the features of each place with their own mean and variance."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, namespace
from nnframe.arrays.parallel import for_each
from nnframe.checks import positive
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Layer, Result
from nnframe.layers.normalization import Rescaling, column_sums, pieces, rows_of

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
        return Rescaling(np.ones(x.shape[-1]), np.zeros(x.shape[-1]))

    def forward(self, parameters: Rescaling, x: Array, context: Context) -> Result[Rescaling]:
        xp, rows = namespace(x), rows_of(x)
        y, average = xp.empty_like(rows), xp.ones_like(parameters.scale) / x.shape[-1]
        mean, inverse = xp.empty_like(rows[:, :1]), xp.empty_like(rows[:, :1])

        def fill(some: slice) -> None:
            mean[some] = xp.matmul(rows[some], average)[:, None]
            part = rows[some] - mean[some]
            inverse[some] = 1 / xp.sqrt(xp.vecdot(part, part) / x.shape[-1] + self.epsilon)[:, None]
            part *= inverse[some] * parameters.scale
            part += parameters.shift
            y[some] = part

        for_each(fill, pieces(rows), x.size)

        def pullback(dy: Array) -> tuple[Array, Rescaling]:
            return _pulled(parameters.scale, rows, mean, inverse, dy)

        return xp.reshape(y, x.shape), pullback


def _pulled(scale: Array, rows: Array, mean: Array, inverse: Array, dy: Array) -> tuple[Array, Rescaling]:
    """dx = scale dy / s - (level + c lean) with c = x - μ, s = √(σ² + ε), and the two means that norms subtract."""
    xp, upstream, weights = namespace(rows), rows_of(dy), scale / scale.shape[0]
    dx = xp.empty_like(rows)

    def fill(some: slice) -> tuple[Array, Array]:
        part, turn = upstream[some], inverse[some]
        share = rows[some] - mean[some]
        product = part * share
        dscale, dshift = xp.matmul(turn[:, 0], product), column_sums(part)
        share *= turn * turn * turn * xp.matmul(product, weights)[:, None]
        share += turn * xp.matmul(part, weights)[:, None]
        product = turn * scale
        product *= part
        product -= share
        dx[some] = product
        return dscale, dshift

    sums = for_each(fill, pieces(rows), dy.size)
    zeros = xp.zeros_like(scale)
    dscale, dshift = sum((some[0] for some in sums), zeros), sum((some[1] for some in sums), zeros)
    return xp.reshape(dx, dy.shape), Rescaling(dscale, dshift)
