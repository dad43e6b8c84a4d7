"""Scaled dot-product attention of several heads, and its pullback."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nnframe.arrays import Array, Booleans, namespace

__all__ = ["attend", "visible"]


def visible(query: Array, memory: Array, mask: Booleans | None, causal: bool) -> Booleans | None:
    """Return who may see what, (batch or 1, 1, length, memory's length); None where everybody sees everything."""
    seen: Booleans | None = None if mask is None else mask[:, None, None, :]
    if causal and len(query):
        earlier: Booleans = np.tri(query.shape[1], memory.shape[1], dtype=np.bool_)[None, None]
        seen = earlier if seen is None else seen & earlier
    return seen


def attend(
    query: Array, key: Array, value: Array, seen: Booleans | None, heads: int
) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]:
    """Return softmax(Q Kᵀ / √head_size) V, head by head, and its pullback.

    Args:
        query, key, value: (batch, length, heads · head_size); the lengths of key and value are that of the memory.
        seen: What ``visible`` returned. Where nothing is seen the result is 0.
        heads: How many.
    """
    xp = namespace(query)
    q, k, v = (_parted(each, heads) for each in (query, key, value))
    scale = 1 / math.sqrt(max(q.shape[-1], 1))
    weights = _softmax(xp.matmul(q * scale, xp.matrix_transpose(k)), seen)

    def pull(upstream: Array) -> tuple[Array, Array, Array]:
        dy = _parted(upstream, heads)
        dvalue = xp.matmul(xp.matrix_transpose(weights), dy)
        dweights = xp.matmul(dy, xp.matrix_transpose(v))
        dweights *= weights
        dweights -= weights * xp.sum(dweights, axis=-1, keepdims=True)
        dweights *= scale
        dquery, dkey = xp.matmul(dweights, k), xp.matmul(xp.matrix_transpose(dweights), q)
        return _merged(dquery), _merged(dkey), _merged(dvalue)

    return _merged(xp.matmul(weights, v)), pull


def _softmax(scores: Array, seen: Booleans | None) -> Array:
    """Over the last axis, in place; zeros where nothing is seen."""
    xp = namespace(scores)
    if seen is not None:
        scores = xp.where(seen, scores, -math.inf)
    largest = xp.max(scores, axis=-1, keepdims=True)
    if seen is not None:
        largest = xp.where(largest > -math.inf, largest, 0.0)
    scores -= largest
    weights = xp.exp(scores)
    total = xp.sum(weights, axis=-1, keepdims=True)
    weights /= total if seen is None else xp.where(total > 0, total, 1.0)
    return weights


def _parted(x: Array, heads: int) -> Array:
    """(batch, heads, length, head_size)."""
    xp, (batch, length, width) = namespace(x), x.shape
    return xp.permute_dims(xp.reshape(x, (batch, length, heads, width // heads)), (0, 2, 1, 3))


def _merged(x: Array) -> Array:
    """(batch, length, heads · head_size)."""
    xp, (batch, heads, length, size) = namespace(x), x.shape
    return xp.reshape(xp.permute_dims(x, (0, 2, 1, 3)), (batch, length, heads * size))
