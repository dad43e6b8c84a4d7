"""Permute: the axes in another order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.checks import plain
from nnframe.errors import ShapeError
from nnframe.interfaces import Context
from nnframe.layers.linear import LinearFunction
from nnframe.text import quote

__all__ = ["Permute"]


def _as_axes(value: Sequence[int]) -> tuple[int, ...]:
    axes = cast("tuple[int, ...]", tuple(map(plain, value)))
    if sorted(axes) != list(range(1, len(axes) + 1)):
        raise ValueError(f"axes must be 1 to the number of axes of an example in some order, and are {quote(value)}")
    return axes


@frozen
class Permute(LinearFunction):
    """y[n, i₁, i₂, ...] = x with axis ``axes[k - 1]`` brought to place k; the batch, axis 0, stays.

    Args:
        axes: 1, 2, ... in the order in which the axes of an example shall stand.

    >>> import numpy as np
    >>> y, pull = Permute((2, 1)).apply(np.zeros((5, 3, 4)), Context())
    >>> y.shape, pull(y).shape
    ((5, 4, 3), (5, 3, 4))
    """

    axes: tuple[int, ...] = attrs.field(converter=_as_axes)

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        xp = namespace(x)
        if x.ndim != len(self.axes) + 1:
            raise ShapeError(
                f"Permute with axes {quote(self.axes)} expects {len(self.axes)} axes beside the batch, got {x.shape}"
            )
        order = (0, *self.axes)
        back = tuple(order.index(axis) for axis in range(len(order)))
        return xp.permute_dims(x, order), lambda dy: xp.permute_dims(dy, back)
