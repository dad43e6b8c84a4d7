"""Initializer: where a parameter begins."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.interfaces.part import Part

__all__ = ["Initializer"]


class Initializer(Part):
    """A distribution of initial values.

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen
    ... class Halves(Initializer):
    ...     '''Every element is ½.'''
    ...     def __call__(self, shape: Shape, rng: Generator) -> Array:
    ...         return np.full(shape, 0.5)
    >>> Halves()((2,), np.random.default_rng(0))
    array([0.5, 0.5])
    """

    __slots__ = ()
    kind: ClassVar[str] = "initializer"

    @abstractmethod
    def __call__(self, shape: Shape, rng: Generator) -> Array:
        """Return a new float64 array of this shape.

        The last axis is the fan-out's (units, output channels) and the one before it the fan-in's; axes in front of
        these (a convolution's window) multiply both. Layers of groups ask once for each group.
        """
