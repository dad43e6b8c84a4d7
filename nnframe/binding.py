"""Binding: a context variable that has a value within a block."""

from __future__ import annotations

from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Generic, TypeVar

from attrs import define, field

__all__ = ["Binding"]

T = TypeVar("T")


@define(eq=False)
class Binding(AbstractContextManager[T], Generic[T]):
    """Binds a context variable to a value within a block.

    No generator: where a signal ends one before its block begins, Python runs its end when it is collected, at any
    later time and in any context.

    >>> level = ContextVar("level", default=0)
    >>> with Binding(level, 3) as bound:
    ...     bound, level.get()
    (3, 3)
    >>> level.get()
    0
    """

    variable: ContextVar[Any]
    value: T
    _token: Token[Any] = field(init=False)

    def __enter__(self) -> T:
        self._token = self.variable.set(self.value)
        return self.value

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.variable.reset(self._token)
