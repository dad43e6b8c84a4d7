"""Function: the short form of a layer without parameters."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Generic, final

from numpy.random import Generator
from typing_extensions import TypeVar

from nnframe.arrays import Array
from nnframe.interfaces.context import Context
from nnframe.interfaces.layer import Layer, Result
from nnframe.interfaces.parameters import NO_PARAMETERS, NoParameters

__all__ = ["Function"]

X = TypeVar("X", default=Array)
DX = TypeVar("DX", default=X)


class Function(Layer[NoParameters, X, DX], Generic[X, DX]):
    """A layer without parameters: only ``apply(x, context) -> (y, dy -> dx)`` is left to write.

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen
    ... class Double(Function):
    ...     '''y = 2x.'''
    ...     def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
    ...         return 2 * x, lambda dy: 2 * dy
    >>> y, pullback = Double().apply(np.ones(2), Context())
    >>> y, pullback(np.ones(2))
    (array([2., 2.]), array([2., 2.]))
    """

    __slots__ = ()

    @abstractmethod
    def apply(self, x: X, context: Context) -> tuple[Array, Callable[[Array], DX]]:
        """Return the output at ``x``, and the function from the upstream to the input gradient."""

    @final
    def initialize(self, x: X, rng: Generator) -> NoParameters:
        return NO_PARAMETERS

    @final
    def forward(self, parameters: NoParameters, x: X, context: Context) -> Result[NoParameters, DX]:
        y, pull = self.apply(x, context)

        def pullback(dy: Array) -> tuple[DX, NoParameters]:
            return pull(dy), parameters

        return y, pullback
