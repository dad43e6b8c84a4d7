"""Reshape: the same numbers in another shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import attrs
from attrs import frozen

from nnframe.arrays import Array, Shape, namespace
from nnframe.checks import plain
from nnframe.errors import ShapeError
from nnframe.interfaces import Context
from nnframe.layers.linear import LinearFunction

__all__ = ["Reshape"]


def _as_shape(value: Sequence[int]) -> Shape:
    shape = tuple(n for n in map(plain, value) if type(n) is int and (n >= 1 or n == -1))
    if len(shape) != len(value):
        raise ValueError(f"shape must be lengths from 1, one of them -1 for the rest, and is {value!r:.40}")
    if shape.count(-1) > 1:
        raise ValueError(f"shape can leave only one length open, and is {value!r:.40}")
    return shape


@frozen
class Reshape(LinearFunction):
    """(batch, ...) -> (batch, *shape), in row-major order.

    Args:
        shape: The shape of one example; one length may be -1, for what is left.

    >>> import numpy as np
    >>> y, pull = Reshape((2, -1)).apply(np.zeros((5, 6)), Context())
    >>> y.shape, pull(y).shape
    ((5, 2, 3), (5, 6))
    """

    shape: Shape = attrs.field(converter=_as_shape)

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        xp, came = namespace(x), x.shape
        count, known = math.prod(came[1:]), math.prod(n for n in self.shape if n != -1)
        fits = count % known == 0 if -1 in self.shape else count == known
        if not fits:
            raise ShapeError(f"Reshape cannot make {self.shape} of the {count} numbers of an example {came[1:]}")
        shape = tuple(count // known if n == -1 else n for n in self.shape)
        return xp.reshape(x, (came[0], *shape)), lambda dy: xp.reshape(dy, came)
