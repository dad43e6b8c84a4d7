"""Guard: whatever happens inside a verification, the world outside is bitwise as it was."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.numbers.bits import same_bits
from nnframe.verification.subject.lending import lending
from nnframe.verification.subject.subject import Subject

__all__ = ["guarded"]


@contextmanager
def guarded(arrays: Iterable[Array], subject: Subject | None = None) -> Iterator[None]:
    """Restore arrays, NumPy's global random state, its error state and the warning filters on the way out.

    The engine works on copies, except that a very large subject is lent its own parameters; this also holds for
    functions that write into arrays which they captured.
    """
    kept = [(array, array.copy()) for array in arrays]
    state = np.random.get_state()  # noqa: NPY002 - the legacy state is what the functions under test may use
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(), lending(subject, kept):
            warnings.simplefilter("ignore")
            yield
    finally:
        try:
            _put_back(kept)
        except KeyboardInterrupt:  # pressed once more
            _put_back(kept)
            raise
        finally:
            np.random.set_state(state)  # noqa: NPY002


def _put_back(kept: Sequence[tuple[Array, Array]]) -> None:
    """Write what has changed as it was before."""
    for array, before in kept:
        if array.flags.writeable and not same_bits(array, before):
            array[...] = before
