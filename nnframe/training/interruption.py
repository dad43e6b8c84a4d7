"""Ctrl-C between the updates of a model, never inside one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeAlias

from attrs import define, field

__all__ = ["Guard"]

Handler: TypeAlias = Callable[[int, FrameType | None], object]


@define(eq=False)
class Guard:
    """Lets Ctrl-C wait while ``held``, and through at any other time.

    What Ctrl-C does stays as it was: the handler that was there is called, a little later.

    Attributes:
        held: Whether it has to wait.
        waiting: Whether it came meanwhile.

    >>> guard = Guard()
    >>> try:
    ...     with guard.watching():
    ...         guard.held = True
    ...         signal.raise_signal(signal.SIGINT)  # Ctrl-C in the middle of an update
    ...         print("the update is done")
    ...         guard.release()
    ... except KeyboardInterrupt:
    ...     print("and then Ctrl-C is let through")
    the update is done
    and then Ctrl-C is let through
    """

    held: bool = False
    waiting: bool = False
    _before: Handler | None = field(default=None, repr=False)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Stand between Ctrl-C and its handler; only the main thread can, and is ever interrupted."""
        before = signal.getsignal(signal.SIGINT)
        if not callable(before) or threading.current_thread() is not threading.main_thread():
            yield
            return
        self._before = before
        signal.signal(signal.SIGINT, self._receive)
        try:
            try:
                yield
            finally:
                self.held = True
        finally:  # reached even if Ctrl-C came at the line above
            signal.signal(signal.SIGINT, before)
        self.release()

    def release(self) -> None:
        """End the hold, and let through what came meanwhile."""
        self.held = False
        if self.waiting:
            self.waiting = False
            self._let_through(None)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.held:
            self.waiting = True
        else:
            self._let_through(frame)

    def _let_through(self, frame: FrameType | None) -> None:
        """Call the handler that was there; what comes while its exception travels outwards has to wait."""
        self.held = True
        if self._before is not None:
            self._before(signal.SIGINT, frame)
        self.held = False
