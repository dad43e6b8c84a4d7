"""RMSNorm: the features of each place divided by their root mean square."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, namespace
from nnframe.checks import positive
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Layer, Result
from nnframe.layers.normalization import pieces, rows_of

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
        return Gain(np.ones(x.shape[-1]))

    def forward(self, parameters: Gain, x: Array, context: Context) -> Result[Gain]:
        xp, rows, scale = namespace(x), rows_of(x), parameters.scale
        y, average = xp.empty_like(rows), xp.ones_like(scale) / x.shape[-1]
        inverse = xp.empty_like(rows[:, 0])
        for some in pieces(rows):
            part = rows[some] * rows[some]
            inverse[some] = 1 / xp.sqrt(xp.matmul(part, average) + self.epsilon)
            part = rows[some] * inverse[some][:, None]
            part *= scale
            y[some] = part

        def pullback(dy: Array) -> tuple[Array, Gain]:
            upstream, dx, dscale = rows_of(dy), xp.empty_like(rows), xp.zeros_like(scale)
            for some in pieces(rows):
                product = upstream[some] * rows[some]
                dscale += xp.matmul(inverse[some], product)
                slope = xp.matmul(product, scale / x.shape[-1]) * inverse[some] * inverse[some]
                part = upstream[some] * scale
                part -= rows[some] * slope[:, None]
                part *= inverse[some][:, None]
                dx[some] = part
            return xp.reshape(dx, x.shape), Gain(dscale)

        return xp.reshape(y, x.shape), pullback
