"""Huber: squares for small errors, distances for large ones."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.checks import positive
from nnframe.losses.featurewise import FeaturewiseLoss

__all__ = ["Huber"]


@frozen
class Huber(FeaturewiseLoss):
    """ℓ = mean h(prediction - target) over the last axis; h(e) = e² / 2 for |e| ≤ delta, else delta (|e| - delta / 2).

    With c = e held between ±delta, h = c (e - c / 2), and its derivative is c (Huber 1964).

    Args:
        delta: Where a small error ends.

    >>> import numpy as np
    >>> losses, pullback = Huber().forward(np.array([[0.5], [3.0]]), np.zeros((2, 1)))
    >>> losses, pullback(np.ones(2))
    (array([0.125, 2.5  ]), array([[0.5],
           [1. ]]))
    """

    delta: float = attrs.field(default=1.0, validator=positive)

    def each(self, prediction: Array, target: Array) -> tuple[Array, Callable[[], Array]]:
        error = prediction - target
        held = namespace(error).clip(error, -self.delta, self.delta)
        return held * (error - held / 2), lambda: held
