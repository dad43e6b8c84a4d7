"""UpSampling1D and UpSampling2D: every element several times."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.arrays.windows import Pair
from nnframe.checks import whole_from_one
from nnframe.interfaces import Context
from nnframe.layers.linear import LinearFunction
from nnframe.layers.spatial import as_pair, image_shape, sequence_shape

__all__ = ["UpSampling1D", "UpSampling2D"]


@frozen
class UpSampling2D(LinearFunction):
    """y[n, i, j, c] = x[n, ⌊i / size₁⌋, ⌊j / size₂⌋, c]: every pixel becomes a rectangle (nearest neighbour).

    (batch, height, width, channels) -> (batch, height · size₁, width · size₂, channels).

    Args:
        size: (height, width) of the rectangle; one number for both.

    >>> y, pull = UpSampling2D((1, 2)).apply(np.array([[[[1.0], [2.0]]]]), Context())
    >>> y.ravel(), pull(y).ravel()
    (array([1., 1., 2., 2.]), array([2., 4.]))
    """

    size: Pair = attrs.field(default=(2, 2), converter=as_pair)

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        image_shape("UpSampling2D", x)
        return _enlarged(x, self.size)


@frozen
class UpSampling1D(LinearFunction):
    """y[n, i, c] = x[n, ⌊i / size⌋, c]: every step several times.

    (batch, length, features) -> (batch, length · size, features).

    Args:
        size: How many times.

    >>> y, pull = UpSampling1D(2).apply(np.array([[[1.0], [2.0]]]), Context())
    >>> y.ravel(), pull(y).ravel()
    (array([1., 1., 2., 2.]), array([2., 4.]))
    """

    size: int = attrs.field(default=2, validator=whole_from_one)

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        sequence_shape("UpSampling1D", x)
        y, pull = _enlarged(x[:, None], (1, self.size))
        return y[:, 0], lambda dy: pull(dy[:, None])[:, 0]


def _enlarged(x: Array, size: Pair) -> tuple[Array, Callable[[Array], Array]]:
    batch, height, width, channels = x.shape
    down, across = size
    y = np.empty((batch, height, down, width, across, channels), x.dtype)
    y[...] = x[:, :, None, :, None]

    def pull(dy: Array) -> Array:
        parts = dy.reshape(y.shape)
        dx = parts[:, :, 0, :, 0].copy()
        for place in range(1, down * across):
            dx += parts[:, :, place // across, :, place % across]
        return dx

    return y.reshape(batch, height * down, width * across, channels), pull
