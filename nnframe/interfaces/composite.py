"""Composite: a layer of one's own, put together from other layers, with no gradient to write."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import final

from nnframe.interfaces.builder import Builder
from nnframe.interfaces.context import Context
from nnframe.interfaces.layer import AnyLayer, AnyResult

__all__ = ["Composite"]


class Composite(AnyLayer):
    """A named structure of parts: only ``body()`` is left to write.

    Its parameters are those of the body, and paths go straight into it.

    >>> from attrs import frozen
    >>> from nnframe.layers import Dense, Residual, Sequential
    >>> @frozen
    ... class Block(Composite):
    ...     '''x + dense(tanh(dense(x))).'''
    ...     width: int
    ...     units: int
    ...     def body(self) -> AnyLayer:
    ...         return Residual(Sequential([Dense(self.width), "tanh", Dense(self.units)]))
    >>> Block(width=8, units=4)
    Block(width=8, units=4)
    """

    # No __slots__ here: the body is made once for each object, and kept beside the fields.

    @abstractmethod
    def body(self) -> AnyLayer:
        """Return the structure, made from the fields alone."""

    @cached_property
    def _body(self) -> AnyLayer:
        return self.body()

    @property
    def children(self) -> tuple[tuple[str | int, AnyLayer], ...]:
        return self._body.children

    @final
    def build(self, x: object, builder: Builder) -> tuple[object, object]:
        return self._body.build(x, builder)

    @final
    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        return self._body.run(parameters, x, context)
