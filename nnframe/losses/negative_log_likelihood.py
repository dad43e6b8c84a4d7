"""NegativeLogLikelihood: cross-entropy of predicted logarithms."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, Integers, Shape, namespace
from nnframe.arrays.stable import weigh
from nnframe.interfaces import Loss
from nnframe.losses.targets import as_distribution, check_classes

__all__ = ["NegativeLogLikelihood"]


@frozen
class NegativeLogLikelihood(Loss[Array | Integers]):
    """ℓ = -Σ t · prediction over the classes; the prediction is log p, as ``log_softmax`` gives it.

    The target is labels, (batch, ...), or distributions t, (batch, ..., classes). Where t = 0, log p may
    be -∞.

    >>> import numpy as np
    >>> losses, pullback = NegativeLogLikelihood().forward(np.array([[-0.5, -3.0]]), np.array([1]))
    >>> losses, pullback(np.ones(1))
    (array([3.]), array([[-0., -1.]]))
    """

    def forward(self, prediction: Array, target: Array | Integers) -> tuple[Array, Callable[[Array], Array]]:
        t = as_distribution(prediction, target)
        losses = -namespace(prediction).sum(weigh(t, prediction), axis=-1)
        return losses, lambda upstream: upstream[..., None] * -t

    def check(self, prediction: Shape, target: Array | Integers) -> None:
        check_classes(prediction, target)
