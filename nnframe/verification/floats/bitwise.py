"""Whether two arrays are the same to the last bit, quickly for small ones and for large ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["same_bits"]

SMALL = 4096


def same_bits(one: NDArray[Any], two: NDArray[Any]) -> bool:
    """Whether two arrays of one shape and dtype hold the same bits; NaNs of one kind are equal, 0.0 and -0.0 are not.

    >>> same_bits(np.array([np.nan, 0.0]), np.array([np.nan, 0.0])), same_bits(np.array(0.0), np.array(-0.0))
    (True, False)
    """
    if one.shape != two.shape or one.dtype != two.dtype:
        return False
    if one.size <= SMALL or not (one.flags.c_contiguous and two.flags.c_contiguous):
        return one.tobytes() == two.tobytes()
    word = np.uint64 if one.nbytes % 8 == 0 else np.uint8
    return np.array_equal(one.reshape(-1).view(word), two.reshape(-1).view(word))
