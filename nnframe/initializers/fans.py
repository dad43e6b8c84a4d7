"""Fans: how many inputs feed a unit, and how many units an input feeds."""

from __future__ import annotations

from math import prod

from nnframe.arrays import Shape

__all__ = ["fans"]


def fans(shape: Shape) -> tuple[int, int]:
    """Return fan-in and fan-out of a parameter.

    Args:
        shape: (..., inputs, outputs); a convolution's window, in front, multiplies both. Of one axis both are its
            length.

    >>> fans((784, 128)), fans((3, 3, 16, 32)), fans((5,))
    ((784, 128), (144, 288), (5, 5))
    """
    if len(shape) < 2:
        return prod(shape), prod(shape)
    window = prod(shape[:-2])
    return window * shape[-2], window * shape[-1]
