"""KLDivergence: how far a predicted distribution is from the right one."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.arrays import Array, Integers, Shape, namespace
from nnframe.arrays.stable import weigh
from nnframe.checks import truth
from nnframe.errors import DataError
from nnframe.interfaces import Loss
from nnframe.losses.targets import SMALLEST, as_distribution, check_classes

__all__ = ["KLDivergence"]


@frozen
class KLDivergence(Loss[Array | Integers]):
    """ℓ = Σ t log(t / p) over the classes, p the prediction, or softmax(prediction) where it is logits.

    The target is distributions t, (batch, ..., classes), or labels. Kullback and Leibler 1951.

    Args:
        from_logits: Whether predictions are logits; else they are probabilities.

    >>> import numpy as np
    >>> losses, pullback = KLDivergence().forward(np.array([[0.5, 0.5]]), np.array([[0.5, 0.5]]))
    >>> losses, pullback(np.ones(1))
    (array([0.]), array([[-1., -1.]]))
    """

    from_logits: bool = attrs.field(default=False, validator=truth)

    def forward(self, prediction: Array, target: Array | Integers) -> tuple[Array, Callable[[Array], Array]]:
        t = as_distribution(prediction, target)
        log_p, derivative = _from_logits(prediction, t) if self.from_logits else _from_probabilities(prediction, t)
        xp = namespace(t)
        losses = 0 - xp.sum(weigh(t, log_p - xp.log(xp.maximum(t, SMALLEST))), axis=-1)
        return losses, lambda upstream: upstream[..., None] * derivative()

    def check(self, prediction: Shape, target: Array | Integers) -> None:
        check_classes(prediction, target)


def _from_logits(z: Array, t: Array) -> tuple[Array, Callable[[], Array]]:
    xp = namespace(z)
    z = z - xp.max(z, axis=-1, keepdims=True)
    e = xp.exp(z)
    total = xp.sum(e, axis=-1, keepdims=True)
    return z - xp.log(total), lambda: e * (xp.sum(t, axis=-1, keepdims=True) / total) - t


def _from_probabilities(p: Array, t: Array) -> tuple[Array, Callable[[], Array]]:
    if (p < 0).any():
        raise DataError(
            "predictions are probabilities, and one is negative: end the model with softmax, or set from_logits=True"
        )
    xp = namespace(p)
    p = xp.maximum(p, SMALLEST)
    return xp.log(p), lambda: -t / p
