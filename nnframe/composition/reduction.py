"""From one loss an example to one number: the weighted mean, and its gradient."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from attrs import define

from nnframe.arrays import Array, Booleans, Shape
from nnframe.errors import DataError, ShapeError

__all__ = ["WeightedMean", "mean_loss", "refuse_nothing", "sum_losses", "sum_weights", "weights_of"]


@define
class WeightedMean:
    """Σ wℓ / Σ w over all batches, whatever they are: the one mean of everything that training reports.

    Both sums are compensated (Knuth's two-sum), so that neither the order of batches nor their number matters.

    Attributes:
        total, weight: Σ wℓ and Σ w so far.
        lost, lost_weight: The digits of each that float64 has no place for.

    >>> mean = WeightedMean()
    >>> mean.add(1e16, 1.0), mean.add(2.0, 1.0), mean.add(-1e16, 2.0)
    (None, None, None)
    >>> mean.value
    0.5
    """

    total: float = 0.0
    weight: float = 0.0
    lost: float = 0.0
    lost_weight: float = 0.0

    def add(self, total: float, weight: float) -> None:
        """Count losses whose weighted sum is ``total`` and whose weights are ``weight`` together."""
        before = self.total
        self.total = after = before + total
        part = after - before
        self.lost += (before - (after - part)) + (total - part)
        before = self.weight
        self.weight = after = before + weight
        part = after - before
        self.lost_weight += (before - (after - part)) + (weight - part)

    @property
    def value(self) -> float:
        """The mean; nan where nothing has counted."""
        if not self.weight:
            return float("nan")
        total = self.total + self.lost
        return (total if total - total == 0 else self.total) / (self.weight + self.lost_weight)


_SHORT = 1024
"""Losses up to which BLAS adds them: it errs as their number does, and NumPy, in pairs, as its logarithm."""


def mean_loss(losses: Array, weight: Array | None) -> tuple[float, Array]:
    """Return Σ wℓ / Σ w, and its gradient with respect to the losses, w / Σ w; both are 0 where nothing counts.

    >>> mean_loss(np.array([1.0, 3.0]), None)
    (2.0, array([0.5, 0.5]))
    """
    if weight is None:
        ones, upstream = _alike(losses.shape, losses.dtype)
        short = losses.ndim == 1 and losses.size <= _SHORT
        total = losses.dot(ones) if short else np.add.reduce(losses, axis=None)
        return float(total) / (losses.size or 1), upstream
    counts = weight != 0
    whole = np.float64(sum_weights(losses, weight) or 1.0)  # in float32 it could be infinite
    upstream = (weight / whole).astype(losses.dtype, copy=False)
    return float(np.add.reduce(np.where(counts, losses, 0) * upstream, axis=None)), upstream


def sum_losses(losses: Array, weight: Array | None) -> float:
    """Return Σ wℓ in float64; a loss that does not count is not looked at, were it nan.

    >>> sum_losses(np.array([1.0, np.nan]), np.array([2.0, 0.0]))
    2.0
    """
    if weight is not None:
        losses = np.where(weight != 0, losses, 0) * weight.astype(np.float64, copy=False)
    return float(np.add.reduce(losses, axis=None, dtype=np.float64))


def sum_weights(losses: Array, weight: Array | None) -> float:
    """Return Σ w in float64.

    Raises:
        DataError: Σ w is too large for float64.

    >>> sum_weights(np.ones((2, 3)), None)
    6.0
    """
    if weight is None:
        return float(losses.size)
    with np.errstate(over="ignore"):
        whole = float(np.add.reduce(weight, axis=None, dtype=np.float64))
    if not math.isfinite(whole):
        raise DataError(
            f"sample_weight, with class_weight, must have a sum that fits into float64, and its {weight.size} weights "
            f"of up to {weight.max():.3g} do not: divide all weights by one large number, which changes no mean"
        )
    return whole


def refuse_nothing(weight: float) -> None:
    """Refuse data in which nothing counts.

    Raises:
        DataError: Σ w is 0.
    """
    if not weight:
        raise DataError(
            "nothing is left to learn from: every example is masked, or has weight zero; give at least one that counts"
        )


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
        losses: (batch,) or (batch, time, ...).
        sample_weight: The first axes of the losses: (batch,), or (batch, time), ...
        mask: (batch, time); of losses that are one an example, none.

    Raises:
        ShapeError: They do not fit.
    """
    if sample_weight is None and (mask is None or losses.ndim < 2):
        return None
    weight = np.ones(losses.shape, losses.dtype)
    if sample_weight is not None:
        if not sample_weight.ndim or sample_weight.shape != losses.shape[: sample_weight.ndim]:
            steps = f", or {losses.shape}, one for each step" if losses.ndim > 1 else ""
            raise ShapeError(
                f"sample_weight must be {losses.shape[:1]}, one for each example{steps}; got {sample_weight.shape}"
            )
        weight *= _over(sample_weight, losses.ndim)
    if mask is not None and losses.ndim >= 2:
        if mask.shape != losses.shape[:2]:
            raise ShapeError(f"the mask must be {losses.shape[:2]}, (batch, time); got {mask.shape}")
        weight *= _over(mask, losses.ndim)
    return weight


def _over(values: Any, axes: int) -> Any:
    """Return an array with axes of length one behind its own."""
    return values.reshape(*values.shape, *(1,) * (axes - values.ndim))
