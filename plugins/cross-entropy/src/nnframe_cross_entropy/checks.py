"""What both losses ask of options, predictions and targets."""

from __future__ import annotations

from typing import Any

import attrs

from nnframe.arrays import Array, Integers
from nnframe.errors import DataError

__all__ = ["SMALLEST", "fraction", "require_distributions", "require_fractions", "require_probabilities"]

SMALLEST = 1e-37
"""Below this a probability counts as this, so that its logarithm is finite, in float32 too."""


def fraction(instance: object, field: attrs.Attribute[Any], value: float) -> None:
    """Refuse a smoothing that is not in [0, 1)."""
    if not 0 <= value < 1:
        raise ValueError(f"{field.name} must be in [0, 1), and is {value}")


def require_probabilities(prediction: Array, layer: str) -> None:
    """Refuse predictions that are plainly no probabilities; rounding, and a verifier's small steps, may pass."""
    if prediction.size and (prediction.min() < -0.01 or prediction.max() > 1.01):
        raise DataError(
            f"predictions must be probabilities, and lie in {prediction.min():.4g} to {prediction.max():.4g}: "
            f"put a {layer} before this loss, or set from_logits=True"
        )


def require_fractions(target: Array | Integers) -> None:
    """Refuse targets that are not between 0 and 1."""
    wrong = ~((target >= 0) & (target <= 1))
    if wrong.any():
        where = [int(axis[0]) for axis in wrong.nonzero()]
        raise DataError(f"targets must be between 0 and 1, and target{where} is {target[tuple(where)]}")


def require_distributions(target: Array | Integers) -> None:
    """Refuse targets that are not probabilities with sum 1 along the last axis."""
    require_fractions(target)
    wrong = abs(target.sum(-1) - 1) > 1e-3
    if wrong.any():
        where = [int(axis[0]) for axis in wrong.nonzero()]
        raise DataError(f"each target must sum to 1 over the classes, and target{where} is {target[tuple(where)]}")
