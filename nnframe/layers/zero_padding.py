"""ZeroPadding1D and ZeroPadding2D: zeros around a sequence or an image."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.arrays.windows import Pair
from nnframe.interfaces import Context
from nnframe.layers.linear import LinearFunction
from nnframe.layers.spatial import as_pad, as_pads, image_shape, sequence_shape

__all__ = ["ZeroPadding1D", "ZeroPadding2D"]


def _as_pads(value: int | Sequence[int] | Sequence[Sequence[int]]) -> tuple[Pair, Pair]:
    pads = as_pads(value)
    if isinstance(pads, str):
        raise ValueError(f"padding must be numbers, and is {pads!r:.40}")
    return pads


@frozen
class ZeroPadding1D(LinearFunction):
    """(batch, length, features) -> (batch, before + length + after, features).

    Args:
        padding: How many steps of zeros: a number, or (before, after).

    >>> y, pull = ZeroPadding1D((1, 0)).apply(np.ones((1, 2, 1)), Context())
    >>> y.ravel(), pull(y).ravel()
    (array([0., 1., 1.]), array([1., 1.]))
    """

    padding: Pair = attrs.field(default=(1, 1), converter=as_pad)

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        length = sequence_shape("ZeroPadding1D", x)[1]
        inside = slice(self.padding[0], self.padding[0] + length)
        return np.pad(x, ((0, 0), self.padding, (0, 0))), lambda dy: dy[:, inside]


@frozen
class ZeroPadding2D(LinearFunction):
    """(batch, height, width, channels) -> (batch, top + height + bottom, left + width + right, channels).

    Args:
        padding: How many zeros: a number, (height, width), or ((top, bottom), (left, right)).

    >>> y, pull = ZeroPadding2D(1).apply(np.ones((1, 1, 1, 1)), Context())
    >>> y[0, :, :, 0]
    array([[0., 0., 0.],
           [0., 1., 0.],
           [0., 0., 0.]])
    """

    padding: tuple[Pair, Pair] = attrs.field(default=((1, 1), (1, 1)), converter=_as_pads)

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        _, height, width, _ = image_shape("ZeroPadding2D", x)
        (top, _), (left, _) = self.padding
        inside = (slice(None), slice(top, top + height), slice(left, left + width))
        return np.pad(x, ((0, 0), *self.padding, (0, 0))), lambda dy: dy[inside]
