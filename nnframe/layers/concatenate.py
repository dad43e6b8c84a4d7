"""Concatenate: what several layers make of one input, side by side."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.errors import ShapeError
from nnframe.layers.branches import Branches

__all__ = ["Concatenate"]


@frozen
class Concatenate(Branches):
    """y = [f₁(x), ..., fₙ(x)], joined along an axis; without layers, [x₁, ..., xₙ] of a tuple of inputs.

    Args:
        layers: f₁ to fₙ, whose outputs have the same lengths on all other axes.
        names: What they are called in paths; by default 0, 1, 2, ...
        axis: The axis to join along; by default the last, the features.

    >>> import numpy as np
    >>> y, pullback = Concatenate().join((np.zeros((1, 2)), np.ones((1, 1))))
    >>> y
    array([[0., 0., 1.]])
    """

    axis: int = attrs.field(default=-1, kw_only=True)

    def check(self, outputs: tuple[Array, ...]) -> None:
        shapes = [output.shape for output in outputs]
        axis = self.axis % len(shapes[0]) if shapes and shapes[0] else 0
        if len({(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}) > 1 or not shapes:
            raise ShapeError(f"Concatenate on axis {self.axis} needs equal lengths on all other axes, and got {shapes}")

    def join(self, outputs: tuple[Array, ...]) -> tuple[Array, Callable[[Array], tuple[Array, ...]]]:
        axis = self.axis % outputs[0].ndim
        ends = list(accumulate(output.shape[axis] for output in outputs))

        def pull(dy: Array) -> tuple[Array, ...]:
            before = (slice(None),) * axis
            return tuple(dy[(*before, slice(start, end))] for start, end in zip([0, *ends], ends, strict=False))

        return namespace(outputs[0]).concat(outputs, axis=axis), pull
