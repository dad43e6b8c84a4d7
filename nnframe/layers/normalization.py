"""What normalisations share: their parameters, and the pieces of an array that they treat one by one.

Each step of a normalisation is a walk through memory, so all steps are taken for a few rows before the next ones are
touched.
"""

from __future__ import annotations

from attrs import frozen

from nnframe.arrays import Array, namespace

__all__ = ["Rescaling", "add_shares", "pieces", "rows_of"]

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
