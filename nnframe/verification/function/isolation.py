"""Guard: whatever happens inside a verification, the world outside is bitwise as it was."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import TypeVar

import numpy as np

from nnframe.arrays import Array
from nnframe.interruption import DeferredInterrupt
from nnframe.verification.floats.bitwise import same_bits
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.function.lending import lending

__all__ = ["run_guarded"]

T = TypeVar("T")


def run_guarded(action: Callable[[], T], arrays: Iterable[Array], subject: FunctionUnderTest | None = None) -> T:
    """Return ``action()``; restore arrays, NumPy's global random state, its error state and the warning filters.

    The engine works on copies, except that a very large subject is lent its own parameters; this also holds for
    functions that write into arrays which they captured. A signal waits while the state is changed and restored.

    Raises:
        BaseException: What ``action``, or the handler of a signal, raises.
    """
    kept = [(array, array.copy()) for array in arrays]
    state = np.random.get_state()  # noqa: NPY002 - the legacy state is what the functions under test may use
    changed, interrupt = ExitStack(), DeferredInterrupt()

    def change_and_act() -> T:
        changed.enter_context(np.errstate(all="ignore"))
        changed.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        changed.enter_context(lending(subject, kept))
        interrupt.release()
        return action()

    def restore() -> None:
        try:
            changed.close()
        finally:
            _put_back(kept)
            np.random.set_state(state)  # noqa: NPY002

    return interrupt.run(change_and_act, held=True, cleanup=restore)


def _put_back(kept: Sequence[tuple[Array, Array]]) -> None:
    """Write what has changed as it was before."""
    for array, before in kept:
        if array.flags.writeable and not same_bits(array, before):
            array[...] = before
