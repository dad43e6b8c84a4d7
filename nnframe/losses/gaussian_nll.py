"""GaussianNLL: minus the logarithm of a normal density whose width is predicted, too."""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array, Shape, namespace
from nnframe.checks import truth
from nnframe.errors import ShapeError
from nnframe.interfaces import Loss
from nnframe.losses.targets import refuse

__all__ = ["GaussianNLL"]

_LARGEST = 80.0
"""The logarithm of the largest 1 / σ that is told from an infinite one; in float32 too it is finite."""


@frozen
class GaussianNLL(Loss):
    """ℓ = mean ½ (s + (target - μ)² exp(-s)) over the features; the prediction is μ and s = log σ² side by side.

    The prediction is (batch, ..., 2 · features), first every μ and then every s; the target is (batch, ..., features)
    (Nix and Weigend 1994).

    Args:
        full: Whether the constant ½ log 2π is added.

    >>> losses, pullback = GaussianNLL().forward(np.array([[3.0, 0.0]]), np.array([[1.0]]))
    >>> losses, pullback(np.ones(1))
    (array([2.]), array([[ 2. , -1.5]]))
    """

    full: bool = attrs.field(default=False, validator=truth)

    def forward(self, prediction: Array, target: Array) -> tuple[Array, Callable[[Array], Array]]:
        _check_shape(prediction.shape, target.shape)
        xp, features = namespace(prediction), target.shape[-1]
        log_variance = prediction[..., features:]
        error = prediction[..., :features] - target
        sharpness = xp.exp(xp.minimum(log_variance / -2, _LARGEST))  # 1 / σ, and finite, for errors of 0
        ratio = error * sharpness
        square = ratio * ratio
        losses = xp.mean(log_variance + square, axis=-1) / 2
        if self.full:
            losses += log(2 * pi) / 2

        def pullback(upstream: Array) -> Array:
            slope = xp.concat([ratio * sharpness, (1 - square) / 2], axis=-1)
            slope /= features
            return upstream[..., None] * slope

        return losses, pullback

    def check(self, prediction: Shape, target: Array) -> None:
        _check_shape(prediction, target.shape)
        refuse(~np.isfinite(target), target, "targets must be finite")


def _check_shape(prediction: Shape, target: Shape) -> None:
    if not target or prediction != (*target[:-1], 2 * target[-1]):
        raise ShapeError(
            f"gaussian_nll needs two outputs for each target, means and then log variances: the prediction is "
            f"{prediction}, and the target {target}"
        )
