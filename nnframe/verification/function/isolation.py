"""Isolation: whatever a function under test does, the world outside is bitwise as it was afterwards."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from typing import TypeVar

import numpy as np
from attrs import evolve, frozen

from nnframe.arrays import Array
from nnframe.interruption import DeferredInterrupt
from nnframe.verification.floats.bitwise import same_bits
from nnframe.verification.function.function import FunctionUnderTest

__all__ = ["Isolation"]

T = TypeVar("T")


@frozen(eq=False)
class Isolation:
    """Copies of the arrays that a verification must leave alone, and the way to put them back.

    Args:
        arrays: The arrays.
        saved: The copy of each. It is also the point at which a function is verified: nothing else writes to it.
    """

    arrays: tuple[Array, ...]
    saved: tuple[Array, ...]

    @classmethod
    def of(cls, arrays: Iterable[Array]) -> Isolation:
        """Copy some arrays."""
        kept = tuple({id(array): array for array in arrays}.values())
        return cls(kept, tuple(np.array(array, order="K") for array in kept))

    def isolate(self, function: FunctionUnderTest) -> FunctionUnderTest:
        """Return the function at the copies: it may write into the arrays themselves without moving its point."""
        copies = {id(array): copy for array, copy in zip(self.arrays, self.saved, strict=True)}
        values: Mapping[str, Array] = {path: copies.get(id(value), value) for path, value in function.values.items()}
        return evolve(function, values=values)

    def run(self, action: Callable[[], T]) -> T:
        """Return ``action()``; restore the arrays, NumPy's global random state, its error state and warning filters.

        A signal waits while the state is changed and restored.

        Raises:
            BaseException: What ``action``, or the handler of a signal, raises.
        """
        state = np.random.get_state()  # noqa: NPY002 - the legacy state is what the functions under test may use
        changed, interrupt = ExitStack(), DeferredInterrupt()

        def change_and_act() -> T:
            changed.enter_context(np.errstate(all="ignore"))
            changed.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")
            interrupt.release()
            return action()

        def restore() -> None:
            try:
                changed.close()
            finally:
                self._put_back()
                np.random.set_state(state)  # noqa: NPY002

        return interrupt.run(change_and_act, held=True, cleanup=restore)

    def _put_back(self) -> None:
        for array, before in zip(self.arrays, self.saved, strict=True):
            if array.flags.writeable and not same_bits(array, before):
                array[...] = before
