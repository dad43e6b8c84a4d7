"""Guard: whatever happens inside a verification, the world outside is bitwise as it was."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.bits import same_bits

__all__ = ["guarded"]


@contextmanager
def guarded(arrays: Iterable[Array]) -> Iterator[None]:
    """Restore arrays, NumPy's global random state, its error state and the warning filters on the way out.

    The engine works on copies; this also holds for functions that write into arrays which they captured.
    """
    kept = [(array, array.copy()) for array in arrays]
    state = np.random.get_state()  # noqa: NPY002 - the legacy state is what the functions under test may use
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
        for array, before in kept:
            if array.flags.writeable and not same_bits(array, before):
                array[...] = before
