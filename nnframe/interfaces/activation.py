"""Activation: a function between layers, without parameters; and Elementwise, its short form."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, final

from nnframe.arrays import Array
from nnframe.interfaces.part import Part

__all__ = ["Activation", "Elementwise"]


class Activation(Part):
    """A function of an array to an array, without parameters; nearly always of the same shape.

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen
    ... class Centre(Activation):
    ...     '''y = x - mean(x) over the last axis.'''
    ...     def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
    ...         return x - x.mean(-1, keepdims=True), lambda dy: dy - dy.mean(-1, keepdims=True)
    >>> y, pullback = Centre().forward(np.array([[1.0, 3.0]]))
    >>> y, pullback(np.array([[1.0, 0.0]]))
    (array([[-1.,  1.]]), array([[ 0.5, -0.5]]))
    """

    __slots__ = ()
    kind: ClassVar[str] = "activation"

    @property
    def straight_through(self) -> bool:
        """Whether the pullback is declared to be, on purpose, not the derivative: verifiers report it as declared."""
        return False

    @abstractmethod
    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        """Return the output at ``x``, and the function from the upstream to the input gradient."""


class Elementwise(Activation):
    """An activation that treats every element alike: only its value and its derivative are left to write.

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen
    ... class Square(Elementwise):
    ...     '''y = x².'''
    ...     def value(self, x: Array) -> Array:
    ...         return x * x
    ...     def derivative(self, x: Array, y: Array) -> Array:
    ...         return 2 * x
    >>> y, pullback = Square().forward(np.array([3.0]))
    >>> y, pullback(np.array([1.0]))
    (array([9.]), array([6.]))
    """

    __slots__ = ()

    @abstractmethod
    def value(self, x: Array) -> Array:
        """Return y = f(x), element by element."""

    @abstractmethod
    def derivative(self, x: Array, y: Array) -> Array:
        """Return f'(x), element by element; y = f(x) is given because it often makes the derivative cheap."""

    @final
    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        y = self.value(x)
        return y, lambda dy: dy * self.derivative(x, y)

    def pushforward(self, x: Array, dx: Array) -> Array:
        """Return ``f'(x) dx``, the change of the output with a change of the input."""
        return self.derivative(x, self.value(x)) * dx
