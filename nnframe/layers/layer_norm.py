"""LayerNorm: the features of each place with their own mean and variance."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, namespace
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
        mean = xp.matmul(rows, average)[:, None]
        inverse = xp.empty_like(mean)
        for some in pieces(rows):
            part = rows[some] - mean[some]
            inverse[some] = 1 / xp.sqrt(xp.matmul(part * part, average) + self.epsilon)[:, None]
            part *= inverse[some]
            part *= parameters.scale
            part += parameters.shift
            y[some] = part

        def pullback(dy: Array) -> tuple[Array, Rescaling]:
            return _pulled(parameters.scale, rows, mean, inverse, dy)

        return xp.reshape(y, x.shape), pullback


def _pulled(scale: Array, rows: Array, mean: Array, inverse: Array, dy: Array) -> tuple[Array, Rescaling]:
    xp, upstream, weights = namespace(rows), rows_of(dy), scale / scale.shape[0]
    dx, dscale, dshift = xp.empty_like(rows), xp.zeros_like(scale), xp.zeros_like(scale)
    for some in pieces(rows):
        dpart = upstream[some]
        normal = rows[some] - mean[some]
        normal *= inverse[some]
        product = dpart * normal
        dscale += column_sums(product)
        dshift += column_sums(dpart)
        level = xp.matmul(dpart, weights)[:, None]
        normal *= xp.matmul(product, weights)[:, None]
        part = dpart * scale
        part -= normal
        part -= level
        part *= inverse[some]
        dx[some] = part
    return xp.reshape(dx, dy.shape), Rescaling(dscale, dshift)
