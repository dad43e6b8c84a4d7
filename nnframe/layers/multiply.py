"""Multiply: the product of what several layers make of one input."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import mul

from attrs import frozen

from nnframe.arrays import Array
from nnframe.errors import ShapeError
from nnframe.layers.branches import Branches

__all__ = ["Multiply"]


@frozen
class Multiply(Branches):
    """y = f₁(x) · ... · fₙ(x), element by element; without layers, x₁ · ... · xₙ of a tuple of inputs.

    Args:
        layers: f₁ to fₙ, whose outputs have one shape.
        names: What they are called in paths; by default 0, 1, 2, ...

    >>> import numpy as np
    >>> y, pull = Multiply().join((np.array([2.0]), np.array([0.0])))
    >>> y, pull(np.ones(1))
    (array([0.]), (array([0.]), array([2.])))
    """

    def check(self, outputs: tuple[Array, ...]) -> None:
        shapes = [output.shape for output in outputs]
        if len(set(shapes)) != 1:
            raise ShapeError(f"Multiply needs outputs of one shape, and got {shapes}")

    def join(self, outputs: tuple[Array, ...]) -> tuple[Array, Callable[[Array], tuple[Array, ...]]]:
        def pull(dy: Array) -> tuple[Array, ...]:
            # Products of the others, not y / x: that fails at zeros.
            return tuple(reduce(mul, outputs[:i] + outputs[i + 1 :], dy) for i in range(len(outputs)))

        return reduce(mul, outputs), pull
