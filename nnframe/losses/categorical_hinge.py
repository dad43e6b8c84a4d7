"""CategoricalHinge: how far a wrong class is inside the margin of the right one."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, Integers, Shape, namespace
from nnframe.arrays.stable import weigh
from nnframe.interfaces import Loss
from nnframe.losses.targets import as_distribution, check_classes

__all__ = ["CategoricalHinge"]

_FAR = 1e30
"""Takes the right class out of the maximum over the wrong ones."""


@frozen
class CategoricalHinge(Loss[Array | Integers]):
    """ℓ = max(0, 1 + max prediction of the wrong classes - prediction of the right one) (Crammer and Singer 2001).

    The target is labels, (batch, ...), or one-hot rows, (batch, ..., classes). Wrong classes that are equally high
    share the derivative, which at the margin is taken to be 0.

    >>> import numpy as np
    >>> losses, pullback = CategoricalHinge().forward(np.array([[0.5, 2.0, 1.0]]), np.array([2]))
    >>> losses, pullback(np.ones(1))
    (array([2.]), array([[ 0.,  1., -1.]]))
    """

    def forward(self, prediction: Array, target: Array | Integers) -> tuple[Array, Callable[[Array], Array]]:
        xp = namespace(prediction)
        t = as_distribution(prediction, target)
        wrong = prediction - t * _FAR
        highest = xp.max(wrong, axis=-1, keepdims=True)
        inside = 1 + highest - xp.sum(weigh(t, prediction), axis=-1, keepdims=True)

        def pullback(upstream: Array) -> Array:
            hits = xp.where(wrong == highest, xp.ones_like(prediction), 0.0)
            slope = hits / xp.sum(hits, axis=-1, keepdims=True) - t
            return upstream[..., None] * (slope * (inside > 0))

        return xp.maximum(inside, 0.0)[..., 0], pullback

    def check(self, prediction: Shape, target: Array | Integers) -> None:
        check_classes(prediction, target)
