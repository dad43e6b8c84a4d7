"""Add: the sum of what several layers make of one input."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add

from attrs import frozen

from nnframe.arrays import Array
from nnframe.errors import ShapeError
from nnframe.layers.branches import Branches

__all__ = ["Add"]


@frozen
class Add(Branches):
    """y = f₁(x) + ... + fₙ(x); without layers, x₁ + ... + xₙ of a tuple of inputs.

    Args:
        layers: f₁ to fₙ, whose outputs have one shape.
        names: What they are called in paths; by default 0, 1, 2, ...

    >>> import numpy as np
    >>> y, pull = Add().join((np.ones(1), np.ones(1)))
    >>> y, pull(y)
    (array([2.]), (array([2.]), array([2.])))
    """

    def check(self, outputs: tuple[Array, ...]) -> None:
        shapes = [output.shape for output in outputs]
        if len(set(shapes)) != 1:
            raise ShapeError(f"Add needs outputs of one shape, and got {shapes}")

    def join(self, outputs: tuple[Array, ...]) -> tuple[Array, Callable[[Array], tuple[Array, ...]]]:
        return reduce(add, outputs), lambda dy: (dy,) * len(outputs)
