"""Constraint: what a parameter is brought back to after each step."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from nnframe.arrays import Array
from nnframe.interfaces.part import Part

__all__ = ["Constraint"]


class Constraint(Part):
    """A set that a parameter may not leave. A model applies it by path pattern after every step.

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen
    ... class Box(Constraint):
    ...     '''-1 ≤ θ ≤ 1.'''
    ...     def project(self, value: Array) -> Array:
    ...         return np.clip(value, -1, 1)
    >>> Box().project(np.array([0.5, 3.0]))
    array([0.5, 1. ])
    """

    __slots__ = ()
    kind: ClassVar[str] = "constraint"

    @abstractmethod
    def project(self, value: Array) -> Array:
        """Return the allowed value nearest to ``value``; ``value`` itself is left alone."""
