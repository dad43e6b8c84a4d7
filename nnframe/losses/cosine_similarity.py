"""CosineSimilarity: the angle between prediction and target."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array, Shape, namespace
from nnframe.arrays.norms import unit_vectors
from nnframe.checks import positive
from nnframe.interfaces import Loss
from nnframe.losses.targets import refuse, same_shape

__all__ = ["CosineSimilarity"]


@frozen
class CosineSimilarity(Loss):
    """ℓ = 1 - cos(prediction, target) along the last axis: 0 for the same direction, 2 for opposite ones.

    Args:
        epsilon: Stands in for the length of vectors that are shorter.

    >>> losses, pullback = CosineSimilarity().forward(np.array([[0.0, 2.0]]), np.array([[3.0, 0.0]]))
    >>> losses, pullback(np.ones(1))
    (array([1.]), array([[-0.5,  0. ]]))
    """

    epsilon: float = attrs.field(default=1e-8, validator=positive)

    def forward(self, prediction: Array, target: Array) -> tuple[Array, Callable[[Array], Array]]:
        same_shape(prediction.shape, target.shape)
        xp = namespace(prediction)
        (unit, length), (aim, distance) = unit_vectors(prediction, -1), unit_vectors(target, -1)
        direction = unit * (xp.minimum(length, self.epsilon) / self.epsilon)
        goal = aim * (xp.minimum(distance, self.epsilon) / self.epsilon)
        cosine = xp.sum(direction * goal, axis=-1, keepdims=True)

        def pullback(upstream: Array) -> Array:
            turn = direction * (cosine * (length >= self.epsilon)) - goal
            return upstream[..., None] * turn / xp.maximum(length, self.epsilon)

        return 1 - cosine[..., 0], pullback

    def check(self, prediction: Shape, target: Array) -> None:
        same_shape(prediction, target.shape)
        refuse(~np.isfinite(target), target, "targets must be finite")
