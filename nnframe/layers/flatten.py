"""Flatten: one row for each example."""

from __future__ import annotations

import math
from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Context
from nnframe.layers.linear import LinearFunction

__all__ = ["Flatten"]


@frozen
class Flatten(LinearFunction):
    """(batch, ...) -> (batch, product of the other axes), in row-major order.

    >>> import numpy as np
    >>> y, pullback = Flatten().apply(np.zeros((2, 3, 4)), Context())
    >>> y.shape, pullback(y).shape
    ((2, 12), (2, 3, 4))
    """

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        xp, shape = namespace(x), x.shape
        return xp.reshape(x, (shape[0], math.prod(shape[1:]))), lambda dy: xp.reshape(dy, shape)
