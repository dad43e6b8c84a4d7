"""Comparison to the last bit, and of equal numbers, in little memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnframe.verification.floats.blocked import split_into_pieces

__all__ = ["equal_numbers", "same_bits"]

SMALL = 4096


def same_bits(one: NDArray[Any], two: NDArray[Any]) -> bool:
    """Return whether two arrays of one shape and dtype hold the same bits; NaNs of one kind are equal, 0.0, -0.0 not.

    >>> same_bits(np.array([np.nan, 0.0]), np.array([np.nan, 0.0])), same_bits(np.array(0.0), np.array(-0.0))
    (True, False)
    """
    if one.shape != two.shape or one.dtype != two.dtype:
        return False
    if one.flags.f_contiguous and two.flags.f_contiguous:
        one, two = one.T, two.T
    if one.size <= SMALL or not (one.flags.c_contiguous and two.flags.c_contiguous):
        return one.tobytes() == two.tobytes()
    first, second = one.reshape(-1).view(np.uint8), two.reshape(-1).view(np.uint8)
    if first.size % 8 == 0:
        first, second = first.view(np.uint64), second.view(np.uint64)
    return all(np.array_equal(first[piece], second[piece]) for piece in split_into_pieces(first.size))


def equal_numbers(one: NDArray[Any], two: NDArray[Any]) -> bool:
    """Return whether two arrays have one shape and equal numbers; every NaN is equal to every other.

    >>> equal_numbers(np.array([np.nan, 0.0]), np.array([np.nan, -0.0]))
    True
    """
    if one.shape != two.shape:
        return False
    if same_bits(one, two):
        return True
    first, second = one.reshape(-1), two.reshape(-1)
    nan = first.dtype.kind == "f" and second.dtype.kind == "f"
    pieces = split_into_pieces(first.size)
    return all(np.array_equal(first[piece], second[piece], equal_nan=nan) for piece in pieces)
