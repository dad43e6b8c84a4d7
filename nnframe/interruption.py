"""Ctrl-C, and every other signal whose handler is Python's, at a moment when nothing is half done."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import wraps
from types import FrameType
from typing import Any, ParamSpec, TypeAlias, TypeVar

from attrs import define, field

__all__ = ["ALL_SIGNALS", "FREQUENT_SIGNALS", "DeferredInterrupt", "guard_from_signals", "is_from_signal"]

P = ParamSpec("P")
T = TypeVar("T")
Handler: TypeAlias = Callable[[int, FrameType | None], object]

ALL_SIGNALS = tuple(sorted(map(int, signal.valid_signals()), key=lambda number: (number == signal.SIGINT, number)))
"""Every signal, Ctrl-C last: its handler is set back last."""

FREQUENT_SIGNALS = tuple(
    int(getattr(signal, name)) for name in ("SIGTERM", "SIGALRM", "SIGINT") if hasattr(signal, name)
)
"""Those that programs most often have a handler for. To ask for the handlers of all takes longer than a small step."""

_running: list[DeferredInterrupt] = []


@define(eq=False, repr=False)  # the signal module makes texts of handlers, and so of what they belong to
class DeferredInterrupt:
    """Stands between signals and their handlers while something runs.

    A signal that comes while ``held`` waits; any other is handed to the handler that was there, at once. What that
    handler raises comes out of ``run``, as the same object: also where code in between made another error of it, or
    got over it, and where Python could only print it (inside ``__del__``, say).

    Only the main thread is ever interrupted; in another one ``run`` just calls.

    Attributes:
        signals: Which signals.
        held: Whether signals have to wait.
        waiting: Those that came meanwhile.
        raised: What a handler raised.

    >>> interrupt = DeferredInterrupt()
    >>> def update():
    ...     interrupt.held = True
    ...     signal.raise_signal(signal.SIGINT)  # Ctrl-C in the middle of an update
    ...     print("the update is done")
    ...     interrupt.release()
    >>> try:
    ...     interrupt.run(update)
    ... except KeyboardInterrupt:
    ...     print("and then Ctrl-C is let through")
    the update is done
    and then Ctrl-C is let through
    """

    signals: Sequence[int] = ALL_SIGNALS
    held: bool = field(default=False, init=False)
    waiting: list[int] = field(factory=list, init=False)
    raised: BaseException | None = field(default=None, init=False)
    _before: list[tuple[int, Handler]] = field(factory=list, init=False)
    _ended: bool = field(default=False, init=False)
    _print: Callable[[Any], object] = field(default=sys.__unraisablehook__, init=False)

    def run(self, action: Callable[[], T], *, held: bool = False, cleanup: Callable[[], object] | None = None) -> T:
        """Return ``action()``.

        Args:
            action: What is to run.
            held: Whether signals have to wait from the beginning.
            cleanup: Is called after it, whatever happened; no signal comes in between.

        Raises:
            BaseException: What ``action`` raises, and before that, what a handler raised.
        """
        if threading.current_thread() is not threading.main_thread():
            return _call(action, cleanup)
        self.held = True
        try:
            try:
                self._stand_between()
                self.held = held
                if self.waiting and not held:
                    self.release()
                return action()
            finally:
                self.held = True  # not by a call: a signal could come before its first line
        except BaseException as error:
            if self.raised is None or error is self.raised:
                raise
            raise self.raised from None
        finally:
            self._leave(cleanup)

    def release(self) -> None:
        """End the hold, and let through what came meanwhile, and what was raised and did not come out."""
        self.held = False
        if self.raised is not None:
            raise self.raised
        while self.waiting:
            self._let_through(self.waiting.pop(0), None)

    def _stand_between(self) -> None:
        _running.append(self)
        self._print, sys.unraisablehook = sys.unraisablehook, self._hear_of_lost
        for number in self.signals:
            handler = signal.getsignal(number)
            if callable(handler):
                self._before.append((number, handler))
                signal.signal(number, self._receive)

    def _leave(self, cleanup: Callable[[], object] | None) -> None:
        try:
            if cleanup is not None:
                cleanup()
        finally:
            try:
                _put_back(self._before)
            finally:
                self._ended = True
                if sys.unraisablehook == self._hear_of_lost:
                    sys.unraisablehook = self._print
                if self in _running:
                    _running.remove(self)
                if sys.exception() is not None:  # it travels outwards, or what a handler raised does in its place
                    self.raised = None
                self.release()

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._ended:  # where a signal came between two lines of _put_back: what is left here only hands on
            self._handler(number)(number, frame)
        elif self.held:
            self.waiting += [] if number in self.waiting else [number]
        else:
            self._let_through(number, frame)

    def _handler(self, number: int) -> Handler:
        return next(handler for known, handler in self._before if known == number)

    def _let_through(self, number: int, frame: FrameType | None) -> None:
        """Call the handler that was there; what comes while its exception travels outwards has to wait."""
        self.held = True
        try:
            self._handler(number)(number, frame)
        except BaseException as error:
            self.raised = error
            raise
        self.held = False

    def _hear_of_lost(self, unraisable: Any) -> None:
        """Print what cannot be raised, unless a handler raised it: that is raised later."""
        if unraisable.exc_value is None or unraisable.exc_value is not self.raised:
            self._print(unraisable)


def guard_from_signals(function: Callable[P, T]) -> Callable[P, T]:
    """Run a function within a ``DeferredInterrupt``: what a handler raises meanwhile comes out, and nothing else.

    >>> @guard_from_signals
    ... def read():
    ...     try:
    ...         signal.raise_signal(signal.SIGINT)
    ...     except KeyboardInterrupt:
    ...         raise OSError("the disk is full")
    >>> try:
    ...     read()
    ... except KeyboardInterrupt:
    ...     print("Ctrl-C")
    Ctrl-C
    """

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        return DeferredInterrupt().run(lambda: function(*args, **kwargs))

    return guarded


def is_from_signal(error: BaseException) -> bool:
    """Tell whether a handler of a signal raised ``error``: it is not to be taken for a fault of what was running.

    >>> is_from_signal(ValueError())
    False
    """
    return any(error is interrupt.raised for interrupt in _running)


def _put_back(handlers: list[tuple[int, Handler]]) -> None:
    """Set all handlers, also where one of them is called meanwhile, and raises."""
    if handlers:
        number, handler = handlers[0]
        try:
            signal.signal(number, handler)
        finally:
            _put_back(handlers[1:])


def _call(action: Callable[[], T], cleanup: Callable[[], object] | None) -> T:
    try:
        return action()
    finally:
        if cleanup is not None:
            cleanup()
