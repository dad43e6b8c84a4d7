"""What normalisations share: their parameters, and the pieces of an array that they treat one by one.

Each step of a normalisation is a walk through memory, so all steps are taken for a few rows before the next ones are
touched.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.norms import find_factors

__all__ = ["Rescaling", "add_shares", "find_row_factors", "in_range", "pieces", "shrunk_epsilon", "rows_of"]

_CACHED = 1 << 17


@frozen(eq=False)
class Rescaling:
    """The parameters of a normalisation, and the type of their gradient."""

    scale: Array
    """(features,)"""
    shift: Array
    """(features,)"""


def rows_of(x: Array) -> Array:
    """Return x (..., features) as (rows, features)."""
    features = x.shape[-1]
    return namespace(x).reshape(x, (x.size // features if features else 0, features))


def pieces(x: Array) -> list[slice]:
    """Cut the first axis of x into pieces that fit into the cache."""
    each = max(1, _CACHED * x.shape[0] // max(x.size, 1))
    return [slice(start, start + each) for start in range(0, x.shape[0], each)]


def add_shares(shares: list[Array], like: Array) -> Array:
    """Return the sum of what the pieces gave, each of the shape of ``like``; zeros where there are no pieces."""
    xp = namespace(like)
    return xp.sum(xp.stack(shares), axis=0) if shares else xp.zeros_like(like)


def shrunk_epsilon(epsilon: float, factors: Array) -> Array:
    """Return ε for an input times these factors; where the input is constant, something else than 0 to divide by."""
    smallest = np.finfo(factors.dtype).tiny
    return np.maximum(factors * factors * factors.dtype.type(epsilon), smallest)


def find_row_factors(rows: Array, inverse: Array) -> Array | None:
    """Return the powers of two, (rows, 1), by which rows get squares that are in range; None where all are.

    Args:
        rows: (rows, features)
        inverse: 1 / √(σ² + ε) of each row, as it was found.
    """
    if not isinstance(rows, np.ndarray) or in_range(inverse):
        return None
    return find_factors(np.abs(rows).max(1, keepdims=True, initial=0))


def in_range(inverse: Array) -> bool:
    """Return whether variances, of which these are 1 / √(σ² + ε), and their squares are far from infinite."""
    return not inverse.size or bool(inverse.min() > np.finfo(inverse.dtype).tiny ** 0.4)
