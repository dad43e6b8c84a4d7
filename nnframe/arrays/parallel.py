"""The pieces of a long computation, shared out between two threads.

NumPy's universal functions use one processor and let other threads run meanwhile. A computation that is cut into
pieces anyway, so that each stays in the cache, can therefore be taken by several threads: each takes the next piece
that nobody has taken. How it is cut does not depend on the number of threads, so neither do the results.

``NNFRAME_THREADS`` in the environment says how many threads there may be; by default two, or one on a machine (or
under an ``OMP_NUM_THREADS``) that has no more. 1 switches threads off.
"""

from __future__ import annotations

import contextvars
import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from nnframe.errors import ConfigurationError

__all__ = ["for_each", "threads"]

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_PAYS = 1 << 16
"""How many numbers a computation must touch before a second thread is worth its wake-up (some 50 microseconds)."""


def threads() -> int:
    """Return how many threads ``for_each`` uses at most."""
    wanted = os.environ.get("NNFRAME_THREADS", "")
    if not wanted:
        return min(2, os.cpu_count() or 1, _whole("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS") or "2"))
    return _whole("NNFRAME_THREADS", wanted)


def for_each(work: Callable[[Piece], Result], pieces: Sequence[Piece], size: int) -> list[Result]:
    """Return ``[work(piece) for piece in pieces]``, computed by several threads where that pays.

    Args:
        work: Must not depend on the order of the pieces; each call writes only to what is its own.
        pieces: What is given to it.
        size: How many numbers all pieces have together. A short computation is not shared.

    >>> for_each(lambda piece: piece * 2, [1, 2, 3], 1_000_000)
    [2, 4, 6]
    """
    if size < _PAYS or len(pieces) < 2 or _INSIDE.get() or (count := min(threads(), len(pieces))) < 2:
        return [work(piece) for piece in pieces]
    left, results = deque(enumerate(pieces)), dict[int, Result]()

    def take() -> None:
        _INSIDE.set(True)
        while left:
            try:
                index, piece = left.popleft()
            except IndexError:  # Another thread was faster.
                return
            results[index] = work(piece)

    # Helpers see the context of the caller, and so its np.errstate.
    helpers = [_pool().submit(contextvars.copy_context().run, take) for _ in range(count - 1)]
    try:
        contextvars.copy_context().run(take)
    finally:
        left.clear()
        _finish(helpers)
    return [results[index] for index in range(len(pieces))]


def _finish(helpers: list[Future[None]]) -> None:
    """Wait for the helpers that have begun; the others find nothing to do."""
    for helper in helpers:
        if not helper.cancel():
            helper.result()


_INSIDE: contextvars.ContextVar[bool] = contextvars.ContextVar("inside", default=False)
_pools: dict[int, ThreadPoolExecutor] = {}


def _pool() -> ThreadPoolExecutor:
    """The helpers of this process: a child made by fork has none of its parent's threads."""
    process = os.getpid()
    if process not in _pools:
        _pools[process] = ThreadPoolExecutor(max(threads() - 1, 1), "nnframe")
    return _pools[process]


def _whole(name: str, value: str) -> int:
    first = value.partition(",")[0].strip()
    if not first.isdigit() or int(first) < 1:
        raise ConfigurationError(f"the environment's {name} must be a whole number from 1, and is {value!r:.40}")
    return int(first)
