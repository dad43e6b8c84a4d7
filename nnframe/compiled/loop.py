"""When a loop is compiled, and how."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, cached_property, update_wrapper
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, cast

import numpy as np

from nnframe.interruption import DeferredInterrupt

if TYPE_CHECKING:
    from nnframe.arrays import Array


__all__ = ["Loop", "compiler", "compiles"]

P = ParamSpec("P")

_LONG = 1 << 14
"""How many numbers must be walked through before a compiled loop is worth loading numba."""
_ALLOWED = {"reassoc", "contract", "arcp", "nsz"}
"""What the compiler may do to sums and products. NaN and infinity stay what they are."""


class Loop(Generic[P]):
    """A function that loops over the elements of its arrays and writes its results into some of them.

    It is compiled at its first call for each dtype, which takes about a second, and kept on disk, so that the next
    process only loads it. Signals wait meanwhile: numba makes errors of its own of what interrupts it. It holds no lock
    of Python's: several threads can run it at once.

    Args:
        written: The function, in what numba understands of Python. Arrays are contiguous and of one dtype.

    >>> @Loop
    ... def double(x, y):
    ...     for i in range(x.shape[0]):
    ...         y[i] = 2 * x[i]
    >>> y = np.zeros(2)
    >>> double.written(np.ones(2), y)  # as Python runs it, without numba
    >>> y
    array([2., 2.])
    """

    def __init__(self, written: Callable[P, None]) -> None:
        self.written = written
        self._known: set[object] = set()
        update_wrapper(self, written)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run it compiled; only where ``compiles`` said so."""
        signature = tuple(map(_kind, args))
        if signature in self._known:
            self._compiled(*args, **kwargs)
            return
        DeferredInterrupt().run(lambda: self._compiled(*args, **kwargs), held=True)
        self._known.add(signature)

    @cached_property
    def _compiled(self) -> Callable[P, None]:
        translate = compiler()
        return self.written if translate is None else cast("Callable[P, None]", translate(self.written))


def _kind(value: object) -> object:
    """Return what numba compiles anew for."""
    if isinstance(value, np.ndarray):
        return value.dtype, value.ndim, value.flags.c_contiguous, value.flags.f_contiguous, value.flags.writeable
    return type(value)


def compiles(*arrays: Array) -> bool:
    """Return whether a compiled loop should walk through these arrays.

    The first must be long enough, all must be NumPy's, contiguous, of one dtype, float32 or float64 in the machine's
    byte order, and numba be installed. ``NNFRAME_COMPILED=0`` in the environment says no.

    >>> compiles(np.ones(3))
    False
    """
    first = arrays[0]
    if type(first) is not np.ndarray:  # of another library, whose size may be something else
        return False
    size = first.size
    if size < _LONG or not size or first.dtype.char not in "fd" or not first.dtype.isnative:
        return False
    plain = all(type(each) is np.ndarray and each.dtype == first.dtype and each.flags.c_contiguous for each in arrays)
    return plain and compiler() is not None


def _import_compiler() -> Callable[..., Any]:
    """Import numba: where that is interrupted, it cannot be imported again in the same process."""
    from numba import njit

    return cast("Callable[..., Any]", njit)


@cache
def compiler() -> Callable[[Callable[..., None]], object] | None:
    """numba's compiler; None where numba is not wanted, not installed, or does not fit this NumPy."""
    if os.environ.get("NNFRAME_COMPILED", "1") == "0":
        return None
    try:
        njit = DeferredInterrupt().run(_import_compiler, held=True)
    except ImportError:
        return None

    def translate(written: Callable[..., None]) -> object:
        options: dict[str, Any] = {"nogil": True, "fastmath": _ALLOWED, "error_model": "numpy"}
        try:
            return njit(written, cache=True, **options)
        except RuntimeError:  # Nowhere to keep it: neither beside the source nor in the user's cache.
            return njit(written, **options)

    return translate
