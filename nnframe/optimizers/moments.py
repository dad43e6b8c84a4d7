"""Running averages, in place: what most optimizers remember."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array

__all__ = ["Moments", "average", "average_square"]


@frozen(eq=False)
class Moments:
    """The running averages of a gradient and of its square."""

    mean: Array
    square: Array


def average(mean: Array, value: Array, beta: float) -> None:
    """mean ← β mean + (1 - β) value.

    >>> mean = np.array([2.0])
    >>> average(mean, np.array([4.0]), 0.5)
    >>> mean
    array([3.])
    """
    mean *= beta
    mean += (1 - beta) * value


def average_square(square: Array, value: Array, beta: float) -> Array:
    """square ← β square + (1 - β) value². Returns an array of the same shape that nobody needs any more."""
    scratch: Array = np.square(value)
    scratch *= 1 - beta
    square *= beta
    square += scratch
    return scratch
