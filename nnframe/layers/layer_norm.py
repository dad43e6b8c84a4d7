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
from nnframe.layers.normalization import Rescaling, column_sums, rows_of, times

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
        xp, rows, scale = namespace(x), rows_of(x), parameters.scale
        average = xp.ones_like(scale) / x.shape[-1]
        normal = rows - xp.matmul(rows, average)[:, None]
        squares = normal * normal
        inverse = 1 / xp.sqrt(xp.matmul(squares, average) + self.epsilon)[:, None]
        normal *= inverse
        y = times(normal, scale, squares)
        y += parameters.shift

        def pullback(dy: Array) -> tuple[Array, Rescaling]:
            upstream = rows_of(dy)
            product = upstream * normal
            gradient = Rescaling(column_sums(product), column_sums(upstream))
            weights = scale / x.shape[-1]
            dx = upstream * scale
            slope = xp.matmul(product, weights)[:, None]
            share = times(normal, slope, product)
            share += xp.matmul(upstream, weights)[:, None]
            dx -= share
            dx *= inverse
            return xp.reshape(dx, x.shape), gradient

        return xp.reshape(y, x.shape), pullback
