"""Steps of optimizers, in one walk through all that they touch. Arrays are flat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnframe.compiled.loop import Loop

if TYPE_CHECKING:
    from nnframe.arrays import Array

__all__ = ["descend", "descend_by_moments"]


@Loop
def descend(value: Array, gradient: Array, rate: float) -> None:
    """θ ← θ - η g."""
    step = value.dtype.type(rate)
    for i in range(len(value)):
        value[i] -= step * gradient[i]


@Loop
def descend_by_moments(
    value: Array, gradient: Array, mean: Array, square: Array, beta1: float, beta2: float, epsilon: float, rate: float
) -> None:
    """m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², θ ← θ - η m / (√v + ε)."""
    kept, new = value.dtype.type(beta1), value.dtype.type(1 - beta1)
    kept_square, new_square = value.dtype.type(beta2), value.dtype.type(1 - beta2)
    least, step = value.dtype.type(epsilon), value.dtype.type(rate)
    for i in range(len(value)):
        part = gradient[i]
        mean[i] = kept * mean[i] + new * part
        square[i] = kept_square * square[i] + new_square * (part * part)
        value[i] -= step * mean[i] / (np.sqrt(square[i]) + least)
