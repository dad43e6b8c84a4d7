"""From one loss an example to one number: the weighted mean, and its gradient."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from nnframe.arrays import Array, Booleans, Shape
from nnframe.errors import DataError, ShapeError

__all__ = ["mean_loss", "weights_of"]

_SHORT = 1024
"""Losses up to which BLAS adds them: it errs as their number does, and NumPy, in pairs, as its logarithm."""


def mean_loss(losses: Array, weight: Array | None) -> tuple[float, Array]:
    """Return Σ wℓ / Σ w, and its gradient with respect to the losses, w / Σ w.

    >>> mean_loss(np.array([1.0, 3.0]), None)
    (2.0, array([0.5, 0.5]))
    """
    if weight is None:
        ones, upstream = _alike(losses.shape, losses.dtype)
        short = losses.ndim == 1 and losses.size <= _SHORT
        total = losses.dot(ones) if short else np.add.reduce(losses, axis=None)
        return float(total) / (losses.size or 1), upstream
    upstream = weight / np.add.reduce(weight, axis=None)
    return float(np.add.reduce(losses * upstream, axis=None)), upstream


@lru_cache(maxsize=32)
def _alike(shape: Shape, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Return ones, and the gradient of a mean: the same for every loss, so made once, and nobody can write into it."""
    ones: Array = np.ones(shape, dtype)
    upstream: Array = np.full(shape, 1 / max(ones.size, 1), dtype)
    ones.flags.writeable = upstream.flags.writeable = False
    return ones, upstream


def weights_of(losses: Array, sample_weight: Array | None, mask: Booleans | None) -> Array | None:
    """Join sample weights and the padding mask to one weight a loss; None where all count alike.

    Args:
        losses: (batch,) or (batch, time).
        sample_weight: (batch,).
        mask: (batch, time).
    """
    if sample_weight is None and (mask is None or losses.ndim < 2):
        return None
    weight = np.ones(losses.shape, losses.dtype)
    if sample_weight is not None:
        if sample_weight.shape != losses.shape[:1]:
            raise ShapeError(
                f"sample_weight must be {losses.shape[:1]}, one for each example; got {sample_weight.shape}"
            )
        weight *= sample_weight.reshape(-1, *(1,) * (losses.ndim - 1))
    if mask is not None and losses.ndim >= 2:
        if mask.shape != losses.shape[:2]:
            raise ShapeError(f"the mask must be {losses.shape[:2]}, (batch, time); got {mask.shape}")
        weight *= mask.reshape(*mask.shape, *(1,) * (losses.ndim - 2))
    if not weight.any():
        raise DataError("nothing is left to learn from: every example is masked, or has weight zero")
    return weight
