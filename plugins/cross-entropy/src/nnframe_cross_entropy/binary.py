"""Cross-entropy of yes or no."""

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.arrays import Array, Shape, namespace
from nnframe.arrays.stable import log_of_one_plus, logistic, weigh
from nnframe.errors import ShapeError
from nnframe.interfaces import Loss
from nnframe_cross_entropy.checks import SMALLEST, fraction, require_fractions, require_probabilities

__all__ = ["BinaryCrossEntropy"]


@frozen
class BinaryCrossEntropy(Loss):
    """ℓ = -mean(t log p + (1 - t) log(1 - p)) over the last axis, with p the prediction, or sigmoid(prediction).

    Args:
        from_logits: Whether predictions are logits; else they are probabilities, as a sigmoid layer gives them.
        label_smoothing: s in t ← (1 - s) t + s / 2.

    >>> import numpy as np
    >>> loss = BinaryCrossEntropy(from_logits=True)
    >>> losses, pullback = loss.forward(np.array([[0.0], [-100.0]]), np.array([[1.0], [1.0]]))
    >>> losses.round(3), pullback(np.ones(2))
    (array([  0.693, 100.   ]), array([[-0.5],
           [-1. ]]))
    """

    from_logits: bool = False
    label_smoothing: float = attrs.field(default=0.0, validator=fraction)

    def forward(self, prediction: Array, target: Array) -> tuple[Array, Callable[[Array], Array]]:
        _same_shape(prediction.shape, target.shape)
        s = self.label_smoothing
        t = (1 - s) * target + s / 2 if s else target
        each, derivative = (_from_logits if self.from_logits else _from_probabilities)(prediction, t)
        count = prediction.shape[-1]
        return namespace(each).mean(each, axis=-1), lambda upstream: upstream[..., None] * derivative() / count

    def check(self, prediction: Shape, target: Array) -> None:
        _same_shape(prediction, target.shape)
        require_fractions(target)


def _from_logits(z: Array, t: Array) -> tuple[Array, Callable[[], Array]]:
    xp = namespace(z)
    below, wrong = -xp.abs(z), xp.abs(t - xp.sign(xp.maximum(z, 0.0)))
    each = log_of_one_plus(xp.exp(below)) - weigh(wrong, below)
    return each, lambda: (1 - t) * logistic(z) - t * logistic(-z)


def _from_probabilities(p: Array, t: Array) -> tuple[Array, Callable[[], Array]]:
    require_probabilities(p, "sigmoid")
    xp = namespace(p)
    yes, no = xp.maximum(p, SMALLEST), xp.maximum(1 - p, SMALLEST)
    return -(t * xp.log(yes) + (1 - t) * xp.log(no)), lambda: (1 - t) / no - t / yes


def _same_shape(prediction: Shape, target: Shape) -> None:
    if prediction != target:
        remedy = "write y[:, None]" if prediction == (*target, 1) else "make the last layer and the targets agree"
        raise ShapeError(f"the target has the shape {target}, and the prediction {prediction}: {remedy}")
