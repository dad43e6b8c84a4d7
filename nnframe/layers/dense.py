"""Dense: every output is a weighted sum of all inputs."""

from __future__ import annotations

import attrs
from attrs import define, frozen
from numpy.random import Generator

from nnframe.arrays import Array, namespace
from nnframe.checks import whole_from_one
from nnframe.errors import ShapeError
from nnframe.initializers import GlorotUniform, Zeros
from nnframe.interfaces import Context, Initializer, Layer, Result
from nnframe.layers.convert import as_initializer

__all__ = ["Affine", "Dense"]


@define(eq=False)  # frozen, it would take twice as long to make, and a gradient is made at every step
class Affine:
    """The parameters of Dense."""

    weight: Array
    """(features, units)"""
    bias: Array | None
    """(units,); None where the layer has no bias"""


@frozen
class Dense(Layer[Affine]):
    """y = x W + b.

    The input is (batch, ..., features), the output (batch, ..., units): axes between are treated like the batch.

    Args:
        units: How many outputs.
        use_bias: Whether b is added.
        weight_initializer, bias_initializer: Where W and b begin (Glorot and Bengio 2010, and zero).

    >>> import numpy as np
    >>> y, pullback = Dense(2).forward(Affine(np.eye(2), np.ones(2)), np.array([[1.0, 2.0]]), Context())
    >>> y
    array([[2., 3.]])
    """

    units: int = attrs.field(validator=whole_from_one)
    use_bias: bool = True
    weight_initializer: Initializer = attrs.field(default=GlorotUniform(), converter=as_initializer, kw_only=True)
    bias_initializer: Initializer = attrs.field(default=Zeros(), converter=as_initializer, kw_only=True)

    def initialize(self, x: Array, rng: Generator) -> Affine:
        if x.ndim < 2:
            raise ShapeError(f"Dense expects (batch, ..., features), got {x.shape}: flatten or reshape the input")
        weight = self.weight_initializer((x.shape[-1], self.units), rng)
        return Affine(weight, self.bias_initializer((self.units,), rng) if self.use_bias else None)

    def forward(self, parameters: Affine, x: Array, context: Context) -> Result[Affine]:
        xp = namespace(x)
        weight, bias = parameters.weight, parameters.bias
        y = xp.matmul(x, weight)
        if bias is not None:
            y += bias

        def pullback(dy: Array) -> tuple[Array, Affine]:
            dx = xp.matmul(dy, weight.mT) if context.input_gradient else dy
            rows, upstream = (x, dy) if x.ndim == 2 else (_rows(x), _rows(dy))
            dbias = None if bias is None else xp.sum(upstream, axis=0)
            return dx, Affine(xp.matmul(rows.mT, upstream), dbias)

        return y, pullback

    def pushforward(self, parameters: Affine, x: Array, d_parameters: Affine, dx: Array, context: Context) -> Array:
        """Return ``x dW + db + dx W``."""
        return self.forward(d_parameters, x, context)[0] + namespace(x).matmul(dx, parameters.weight)


def _rows(x: Array) -> Array:
    return namespace(x).reshape(x, (-1, x.shape[-1])) if x.size else x.reshape(0, x.shape[-1])
