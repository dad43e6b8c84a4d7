"""Ctrl-C, and every other signal whose handler is Python's, at a moment when nothing is half done."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any, Literal, TypeAlias, TypeVar

from attrs import define, field

__all__ = ["ALL_SIGNALS", "FREQUENT_SIGNALS", "DeferredInterrupt", "is_from_signal"]

T = TypeVar("T")
Handler: TypeAlias = Callable[[int, FrameType | None], object]
Swallowed: TypeAlias = Literal["keep", "raise"]

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
    handler raises comes out of ``run``, as the same object: also where code in between made another error of it, and
    where Python could only print it (inside ``__del__``, say).

    Only the main thread is ever interrupted; in another one ``run`` just calls.

    Attributes:
        swallowed: What becomes of an exception of a handler that code in between caught and got over: ``"raise"`` it
            at the end, or ``"keep"`` it caught, where the code is a user's, who may have meant it.
        signals: Which signals.
        held: Whether signals have to wait.
        waiting: What came meanwhile: numbers of signals, and exceptions that got lost.
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

    swallowed: Swallowed = "keep"
    signals: Sequence[int] = ALL_SIGNALS
    held: bool = field(default=False, init=False)
    waiting: list[int | BaseException] = field(factory=list, init=False)
    raised: BaseException | None = field(default=None, init=False)
    _before: list[tuple[int, Handler]] = field(factory=list, init=False)
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
            if self._is_owed(error):
                raise self.raised from None  # type: ignore[misc]  # it is owed, so there is one
            raise
        finally:
            self._leave(cleanup)

    def release(self) -> None:
        """End the hold, and let through what came meanwhile."""
        self.held = False
        while self.waiting:
            first = self.waiting.pop(0)
            if isinstance(first, BaseException):
                raise first
            self._let_through(first, None)

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
            if self in _running:
                _running.remove(self)
            if sys.unraisablehook == self._hear_of_lost:
                sys.unraisablehook = self._print
            try:
                _put_back(self._before)
            finally:
                self._settle()

    def _settle(self) -> None:
        """Let out what nobody has heard of: an exception that was swallowed, and signals that had to wait."""
        travelling = sys.exception()
        if self.raised is not None and travelling is None and self.swallowed == "raise":
            self.waiting.insert(0, self.raised)
        self.release()

    def _is_owed(self, error: BaseException) -> bool:
        """Tell whether ``error`` took the place of what a handler raised."""
        if self.raised is None or error is self.raised:
            return False
        return self.swallowed == "raise" or self.raised in _causes(error)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.held:
            self.waiting += [] if number in self.waiting else [number]
        else:
            self._let_through(number, frame)

    def _let_through(self, number: int, frame: FrameType | None) -> None:
        """Call the handler that was there; what comes while its exception travels outwards has to wait."""
        self.held = True
        try:
            next(handler for known, handler in self._before if known == number)(number, frame)
        except BaseException as error:
            self.raised = error
            raise
        self.held = False

    def _hear_of_lost(self, unraisable: Any) -> None:
        if unraisable.exc_value is not None and unraisable.exc_value is self.raised:
            self.waiting.append(self.raised)
        else:
            self._print(unraisable)


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


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        yield step
        step = step.__cause__ or step.__context__
