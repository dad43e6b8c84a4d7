"""Class weights: how much an example counts, by its class."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from nnframe.arrays import Array, Integers
from nnframe.checks import plain
from nnframe.errors import ConfigurationError, DataError
from nnframe.text import quote

__all__ = ["ClassWeight", "class_weights", "classes_of", "weigh"]

ClassWeight: TypeAlias = Mapping[int, float] | str
"""A weight for each class, those that are left out weigh 1; or ``"balanced"``."""


def classes_of(y: Any, axes: int = 2) -> Integers:
    """Return the class of each row: its label, its 0 or 1, or where its one-hot row is 1, as the loss reads them.

    Args:
        y: Targets, (batch, ...).
        axes: The number of axes of the predictions. Targets of as many axes are one-hot rows, or yes and no where the
            last has length 1; those of one less are labels, one for each example or time step.

    Raises:
        DataError: They are no classes.

    >>> classes_of(np.array([[0.0, 1.0], [1.0, 0.0]]))
    array([1, 0])
    >>> classes_of(np.array([[0, 1], [1, 0]]), 3)
    array([[0, 1],
           [1, 0]])
    """
    if y.ndim == axes > 1 and y.shape[-1] > 1:
        if not (((y == 0) | (y == 1)).all() and (y.sum(-1) == 1).all()):
            raise DataError("class_weight needs one class for each example: y has rows that are not one-hot")
        hot: Integers = y.argmax(-1)
        return hot
    flat = y[..., 0] if y.ndim == axes > 1 else y
    if flat.ndim != max(axes - 1, 1):
        raise DataError(f"class_weight needs one class for each example or time step, and y has the shape {y.shape}")
    with np.errstate(invalid="ignore"):
        whole: Integers = flat.astype(np.int64)
    if (whole != flat).any() or (whole < 0).any():
        raise DataError("class_weight needs classes, whole numbers from 0, and y holds other numbers")
    return whole


def class_weights(spec: object, y: Any, axes: int = 2) -> dict[int, float]:
    """Return the weight of each class as ``spec`` asks for.

    ``"balanced"`` is n / (k n_c), with n examples (or time steps) of k classes, n_c of them of class c: all classes
    count alike. ``y`` and ``axes`` are as in ``classes_of``.

    >>> class_weights("balanced", np.array([0, 0, 0, 1]))
    {0: 0.6666666666666666, 1: 2.0}
    """
    if isinstance(spec, str) and spec == "balanced":
        classes, counts = np.unique(classes_of(y, axes), return_counts=True)
        total = int(counts.sum())
        return {int(c): total / (len(classes) * int(n)) for c, n in zip(classes, counts, strict=True)}
    if not isinstance(spec, Mapping):
        raise ConfigurationError(
            f"class_weight must be a mapping of classes to weights or 'balanced', got {quote(spec)}"
        )
    weights: dict[int, float] = {}
    for label, weight in spec.items():
        index = plain(label)
        if type(index) is not int or index < 0:
            raise ConfigurationError(f"class_weight maps classes, whole numbers from 0, to weights; got {quote(label)}")
        number = plain(weight)
        if not isinstance(number, int | float) or not 0 <= number <= sys.float_info.max:
            raise ConfigurationError(f"class_weight[{index}] must be a finite number from 0, and is {quote(weight)}")
        weights[index] = float(number)
    return weights


def weigh(
    weights: Mapping[int, float], y: Any, sample_weight: Array | None, dtype: np.dtype[Any], axes: int = 2
) -> Array:
    """Return the weight of each example, or time step: that of its class times its own.

    ``y`` and ``axes`` are as in ``classes_of``.

    >>> weigh({1: 3.0}, np.array([0, 1]), None, np.dtype("float64"))
    array([1., 3.])
    """
    classes = classes_of(y, axes)
    if y.ndim == axes > 1 and y.shape[-1] > 1 and max(weights, default=0) >= y.shape[-1]:
        raise DataError(f"class_weight has class {max(weights)}, and y has {y.shape[-1]} classes, from 0")
    found, positions = np.unique(classes, return_inverse=True)
    with np.errstate(over="ignore"):
        table: Array = np.array([weights.get(label, 1.0) for label in found.tolist()]).astype(dtype)
        joined: Array = table[positions].reshape(classes.shape)
        if sample_weight is not None:
            joined = joined * sample_weight.reshape(*sample_weight.shape, *(1,) * (joined.ndim - sample_weight.ndim))
    if not np.isfinite(joined).all():
        raise DataError(
            f"class_weight, or its product with sample_weight, does not fit into {dtype}: give smaller weights"
        )
    return joined
