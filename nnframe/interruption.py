"""Ctrl-C, and every other signal whose handler is Python's, at a moment when nothing is half done."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from functools import wraps
from importlib import import_module
from types import FrameType, MethodType
from typing import Any, ParamSpec, TypeAlias, TypeVar

from attrs import define, field

__all__ = ["DeferredInterrupt", "guard_from_signals", "is_from_signal"]

P = ParamSpec("P")
T = TypeVar("T")
Handler: TypeAlias = Callable[[int, FrameType | None], object]

_SIGNALS = tuple(sorted(map(int, signal.valid_signals()), key=lambda number: (number == signal.SIGINT, number)))
"""Every signal, Ctrl-C last: its handler is set back last."""

try:  # The functions that those of the signal module call. Those turn each number and handler into an enum, which takes
    # twenty times as long, and where a handler raises ValueError meanwhile they swallow it.
    _core: Any = import_module("_signal")
except ImportError:  # where Python is another one
    _core = signal
_get_handler: Callable[[int], object] = _core.getsignal
_set_handler: Callable[[int, Handler], object] = _core.signal

_running: list[DeferredInterrupt] = []


@define(eq=False, repr=False)  # the signal module makes texts of handlers, and so of what they belong to
class DeferredInterrupt:
    """Stands between signals and their handlers while something runs.

    A signal that comes while ``held`` waits; any other is handed to the handler that was there, at once. What that
    handler raises comes out of ``run``, as the same object: also where code in between made another error of it, or
    got over it, and where Python could only print it (inside ``__del__``, say).

    Only the main thread is ever interrupted; in another one ``run`` just calls.

    Attributes:
        held: Whether signals have to wait.
        waiting: Those that came meanwhile.
        raised: What a handler raised.

    >>> interrupt = DeferredInterrupt()
    >>> def update():
    ...     interrupt.hold()
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

    held: bool = field(default=False, init=False)
    waiting: list[int] = field(factory=list, init=False)
    raised: BaseException | None = field(default=None, init=False)
    _before: dict[int, Handler] = field(factory=dict, init=False)
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
        if threading.get_ident() != threading.main_thread().ident:
            return _call(action, cleanup)
        self.held = True
        try:
            return self._act(action, held, cleanup)
        except BaseException as error:
            if self.raised is None or error is self.raised:
                raise
        finally:
            self._leave()
        raise self.raised  # not above: what it says of its own cause and context stays

    def hold(self) -> None:
        """Let signals wait from now on.

        Raises:
            BaseException: What a handler raised, and code in between swallowed: who goes on from here would go on
                with what that code made of it.
        """
        self._raise_swallowed()
        self.held = True

    def release(self) -> None:
        """Let signals through again, and those that came meanwhile.

        Raises:
            BaseException: What a handler raises, or raised before and code in between swallowed.
        """
        self._raise_swallowed()
        self.held = False
        if self.waiting:
            self._let_through(self.waiting.pop(0), None)

    def _raise_swallowed(self) -> None:
        for interrupt in _running:
            if interrupt.raised is not None and self in _running and not _is_handled(interrupt.raised):
                raise interrupt.raised

    def _act(self, action: Callable[[], T], held: bool, cleanup: Callable[[], object] | None) -> T:
        context = copy_context()
        try:
            self._stand_between()
            self.held = held
            if self.waiting and not held:
                self.release()
            result = action()
        finally:
            self.held = True  # not by a call: a signal could come before its first line
            if self.raised is not None:
                _restore_variables(context)
            if cleanup is not None:
                cleanup()
        if self.raised is not None:
            raise self.raised
        return result

    def _stand_between(self) -> None:
        _running.append(self)
        self._print, sys.unraisablehook = sys.unraisablehook, self._hear_of_lost
        for number in _SIGNALS:
            handler = _get_handler(number)
            if callable(handler):
                self._before[number] = handler
                _set_handler(number, self._receive)

    def _leave(self) -> None:
        try:
            self._put_back(list(self._before))
        finally:
            self._ended = True
            if sys.unraisablehook == self._hear_of_lost:
                sys.unraisablehook = self._print
            try:
                if self in _running:
                    _running.remove(self)
            finally:
                self._let_all_through()

    def _put_back(self, left: list[int]) -> None:
        """Set back the handlers that nobody changed meanwhile, all of them, also where one that is back raises."""
        try:
            while left:
                handler = _get_handler(left[0])
                if type(handler) is MethodType and handler.__self__ is self:
                    _set_handler(left[0], self._before[left[0]])
                del left[0]
        finally:
            if left:
                self._put_back(left)

    def _let_all_through(self) -> None:
        try:
            if self.waiting:
                self._let_through(self.waiting.pop(0), None)
        finally:
            if self.waiting:
                self._let_all_through()

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._ended:  # somebody kept it as the handler to set back: what is left here only hands on
            self._before[number](number, frame)
        elif self.held:
            self.waiting += [] if number in self.waiting else [number]
        else:
            self._let_through(number, frame)

    def _let_through(self, number: int, frame: FrameType | None) -> None:
        """Call the handler that was there; what comes while its exception travels outwards has to wait."""
        self.held = True
        try:
            self._before[number](number, frame)
        except BaseException as error:
            self.raised = error
            raise
        self.held = False
        if self.waiting:
            self._let_through(self.waiting.pop(0), None)

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


def _restore_variables(context: Context) -> None:
    """Set all context variables as they are in ``context``.

    A ``with`` block that a signal ends in the first or the last instruction of its manager is not undone: NumPy's error
    state, for example, would stay that of ``np.errstate``.
    """
    for variable in copy_context():
        with suppress(LookupError):  # it had no value, and has no default: there is no way back
            before = context.run(variable.get)
            if variable.get() is not before:
                variable.set(before)


def _is_handled(error: BaseException) -> bool:
    """Tell whether an exception travels outwards, or is being handled, where this is called."""
    handled, seen = sys.exception(), set()
    while handled is not None and handled is not error and id(handled) not in seen:
        seen.add(id(handled))
        handled = handled.__context__
    return handled is error


def _call(action: Callable[[], T], cleanup: Callable[[], object] | None) -> T:
    try:
        return action()
    finally:
        if cleanup is not None:
            cleanup()
