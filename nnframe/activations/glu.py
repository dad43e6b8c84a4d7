"""GLU: one half of the features gates the other."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import logistic
from nnframe.checks import whole
from nnframe.errors import ShapeError
from nnframe.interfaces import Activation

__all__ = ["GLU"]


@frozen
class GLU(Activation):
    """y = a σ(b), with a the first half of x along the axis, b the second, σ(b) = 1 / (1 + e⁻ᵇ) (Dauphin et al. 2017).

    The output is half as long as the input along the axis.

    Args:
        axis: The axis that is halved.

    >>> import numpy as np
    >>> y, pullback = GLU().forward(np.array([[2.0, 0.0]]))
    >>> y, pullback(np.array([[1.0]]))
    (array([[1.]]), array([[0.5, 0.5]]))
    """

    axis: int = attrs.field(default=-1, validator=whole)

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp, axis = namespace(x), self.axis
        a, b = _halves(x, axis)
        gate = logistic(b)

        def pullback(dy: Array) -> Array:
            da = dy * gate
            return xp.concat([da, da * a * logistic(-b)], axis=axis)

        return a * gate, pullback


def _halves(x: Array, axis: int) -> tuple[Array, Array]:
    if not -x.ndim <= axis < x.ndim or x.shape[axis] % 2:
        raise ShapeError(f"GLU halves axis {axis}, which must have an even length; the input is {tuple(x.shape)}")
    half = x.shape[axis] // 2
    front = (slice(None),) * (axis % x.ndim)
    return x[(*front, slice(half))], x[(*front, slice(half, None))]
