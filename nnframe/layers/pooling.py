"""Pool1D and Pool2D: what pools have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TypeAlias, final

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.arrays.windows import Pair, Windows
from nnframe.checks import whole_from_one
from nnframe.errors import ConfigurationError
from nnframe.interfaces import Context, Function
from nnframe.layers.spatial import (
    Padding,
    Padding1D,
    along,
    as_padding,
    as_pads,
    as_pair,
    image_shape,
    sequence_shape,
    windows_for,
)

__all__ = ["Pool1D", "Pool2D", "Pooled"]

Pooled: TypeAlias = tuple[Array, Callable[[Array], Array]]


@frozen
class Pool2D(Function):
    """(batch, height, width, channels) -> (batch, out height, out width, channels).

    Args:
        pool_size: (height, width) of the window; one number for both.
        stride: The same of its steps; by default the window's size, so that windows do not overlap.
        padding: "valid", "same", or less than the window: a number, (height, width), ((top, bottom), (left, right)).
    """

    pool_size: Pair = attrs.field(default=(2, 2), converter=as_pair)
    stride: Pair | None = attrs.field(default=None, converter=attrs.converters.optional(as_pair))
    padding: Padding = attrs.field(default="valid", converter=as_pads)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.padding, str):
            _refuse_blind(self, self.padding, self.pool_size)

    @abstractmethod
    def pool(self, x: Array, windows: Windows) -> Pooled:
        """Return the pooled image and its pullback."""

    @final
    def apply(self, x: Array, context: Context) -> Pooled:
        name = type(self).__qualname__
        stride = self.stride or self.pool_size
        size = image_shape(name, x)[1:3]
        return _pool(self, x, windows_for(name, size, self.pool_size, stride, (1, 1), self.padding))


@frozen
class Pool1D(Function):
    """(batch, length, features) -> (batch, out length, features).

    Args:
        pool_size: The length of the window.
        stride: Its steps; by default its length, so that windows do not overlap.
        padding: "valid", "same", "causal", or less than the window: a number, or (before, after).
    """

    pool_size: int = attrs.field(default=2, validator=whole_from_one)
    stride: int | None = attrs.field(default=None, validator=attrs.validators.optional(whole_from_one))
    padding: Padding1D = attrs.field(default="valid", converter=as_padding)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.padding, str):
            _refuse_blind(self, (self.padding,), (self.pool_size,))

    @abstractmethod
    def pool(self, x: Array, windows: Windows) -> Pooled:
        """Return the pooled image, of height one, and its pullback."""

    @final
    def apply(self, x: Array, context: Context) -> Pooled:
        name = type(self).__qualname__
        length = sequence_shape(name, x)[1]
        padding = along(self.padding, self.pool_size - 1)
        sizes = (1, length), (1, self.pool_size), (1, self.stride or self.pool_size), (1, 1)
        y, pull = _pool(self, x[:, None], windows_for(name, *sizes, padding))
        return y[:, 0], lambda dy: pull(dy[:, None])[:, 0]


def _pool(part: Pool1D | Pool2D, x: Array, windows: Windows) -> Pooled:
    if not len(x):  # Shapes flow through here when a model is built: windows and images cost nothing then.
        return np.empty((0, *windows.out, x.shape[3]), x.dtype), lambda dy: np.empty_like(x)
    return part.pool(x, windows)


def _refuse_blind(part: Function, pads: tuple[Pair, ...], sizes: tuple[int, ...]) -> None:
    if any(max(pad) >= size for pad, size in zip(pads, sizes, strict=True)):
        raise ConfigurationError(
            f"{type(part).__qualname__}: padding must be less than the window {sizes}, or a window would see nothing "
            f"but padding; it is {pads}"
        )
