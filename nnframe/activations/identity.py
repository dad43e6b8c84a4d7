"""Identity: what goes in comes out."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array
from nnframe.interfaces import Activation

__all__ = ["Identity"]


@frozen
class Identity(Activation):
    """y = x. The output is the input itself, not a copy.

    >>> import numpy as np
    >>> Identity().forward(np.array([-1.0, 2.0]))[0]
    array([-1.,  2.])
    """

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        return x, lambda dy: dy
