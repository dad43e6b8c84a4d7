"""Cross-entropy of one class of many."""

from collections.abc import Callable
from typing import cast

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array, Integers, Shape, namespace
from nnframe.arrays.stable import weigh
from nnframe.errors import DataError, ShapeError
from nnframe.interfaces import Loss
from nnframe_cross_entropy.checks import SMALLEST, fraction, require_distributions, require_probabilities

__all__ = ["CrossEntropy"]


@frozen
class CrossEntropy(Loss[Array | Integers]):
    """ℓ = -Σ t log p over the classes, with p the prediction, or softmax(prediction) where it is logits.

    Args:
        from_logits: Whether predictions are logits; else they are probabilities, as a softmax layer gives them.
        label_smoothing: s in t ← (1 - s) t + s / classes (Szegedy et al. 2016, section 7).

    The prediction is (batch, ..., classes); the target is labels, integers (batch, ...), or distributions t of the
    prediction's shape, such as one-hot rows.

    >>> loss = CrossEntropy(from_logits=True)
    >>> losses, pullback = loss.forward(np.array([[0.0, 0.0], [0.0, 100.0]]), np.array([1, 0]))
    >>> losses.round(3), pullback(np.ones(2))
    (array([  0.693, 100.   ]), array([[ 0.5, -0.5],
           [-1. ,  1. ]]))
    """

    from_logits: bool = False
    label_smoothing: float = attrs.field(default=0.0, validator=fraction)

    def forward(self, prediction: Array, target: Array | Integers) -> tuple[Array, Callable[[Array], Array]]:
        t, mass = self._distribution(prediction, target)
        return _from_logits(prediction, t, mass) if self.from_logits else _from_probabilities(prediction, t)

    def check(self, prediction: Shape, target: Array | Integers) -> None:
        _check_shape(prediction, target)
        if target.shape == prediction:
            require_distributions(target)
        else:
            _check_labels(target, prediction[-1])

    def _distribution(self, prediction: Array, target: Array | Integers) -> tuple[Array, Array | float]:
        """The target as distributions, and what each of them sums up to."""
        _check_shape(prediction.shape, target)
        classes, labels = prediction.shape[-1], target.shape != prediction.shape
        if labels:
            marked = target[..., None] == np.arange(classes)
            if target.dtype.kind not in "iu" or np.count_nonzero(marked) != target.size:
                _check_labels(target, classes)
            target = marked
        t = cast("Array", target if target.dtype == prediction.dtype else target.astype(prediction.dtype))
        s = self.label_smoothing
        t = (1 - s) * t + s / classes if s else t
        return t, 1.0 if labels else namespace(t).sum(t, axis=-1, keepdims=True)


def _from_logits(z: Array, t: Array, mass: Array | float) -> tuple[Array, Callable[[Array], Array]]:
    xp = namespace(z)
    z = z - xp.max(z, axis=-1, keepdims=True)
    e = xp.exp(z)
    total = xp.sum(e, axis=-1, keepdims=True)
    losses = mass * xp.log(total) - xp.sum(weigh(t, z), axis=-1, keepdims=True)

    def pullback(upstream: Array) -> Array:
        return upstream[..., None] * (e * (mass / total) - t)

    return losses[..., 0], pullback


def _from_probabilities(p: Array, t: Array) -> tuple[Array, Callable[[Array], Array]]:
    require_probabilities(p, "softmax")
    xp = namespace(p)
    p = xp.maximum(p, SMALLEST)
    return -xp.sum(t * xp.log(p), axis=-1), lambda upstream: upstream[..., None] * (-t / p)


def _check_shape(prediction: Shape, target: Array | Integers) -> None:
    if len(prediction) < 2 or target.shape not in (prediction, prediction[:-1]):
        remedy = "y[:, 0]" if target.shape == (*prediction[:-1], 1) else "labels or one-hot rows"
        raise ShapeError(
            f"for a prediction {prediction}, the target must be labels {prediction[:-1]} or distributions "
            f"{prediction}, and is {target.shape}: give {remedy}"
        )


def _check_labels(labels: Array | Integers, classes: int) -> None:
    if labels.dtype.kind not in "iu":
        raise DataError(f"labels must be integers, and are {labels.dtype}: write y.astype(int)")
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        where = [int(axis[0]) for axis in ((labels < 0) | (labels >= classes)).nonzero()]
        raise DataError(
            f"label {labels[tuple(where)]} at target{where} is not one of the {classes} classes 0 to {classes - 1}: "
            "count labels from 0, and give the last layer one unit for each class"
        )
