"""PositionalEncoding: tells attention where in the sequence a step stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import positive
from nnframe.interfaces import Context, Function
from nnframe.layers.spatial import sequence_shape

__all__ = ["PositionalEncoding"]


@frozen
class PositionalEncoding(Function):
    """y[n, t, 2i] = x + sin(t / period^(2i / features)), y[n, t, 2i + 1] = x + cos(t / period^(2i / features)).

    Source: Vaswani et al. 2017, section 3.5. (batch, length, features) -> the same.

    Args:
        period: The longest wave has the length 2π · period.

    >>> PositionalEncoding().apply(np.zeros((1, 2, 2)), Context())[0][0].round(3)
    array([[0.   , 1.   ],
           [0.841, 0.54 ]])
    """

    period: float = attrs.field(default=10000.0, validator=positive)

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        _, length, features = sequence_shape("PositionalEncoding", x)
        if not len(x):
            return x, lambda dy: dy
        return x + _waves(length, features, self.period, x.dtype), lambda dy: dy


@lru_cache(maxsize=16)
def _waves(length: int, features: int, period: float, dtype: np.dtype[np.floating]) -> Array:
    """(length, features), computed in float64."""
    rates = period ** (-2.0 * np.arange((features + 1) // 2) / features)
    angles = np.arange(length)[:, None] * rates
    waves: Array = np.stack([np.sin(angles), np.cos(angles)], -1).reshape(length, -1)[:, :features].astype(dtype)
    waves.flags.writeable = False
    return waves
