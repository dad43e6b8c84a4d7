"""Attention."""

from __future__ import annotations

import math

import numpy as np

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, normal, pair


def softmax_of(scores: Array) -> Array:
    """Softmax of the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def softmax_pullback(weights: Array, u: Array) -> Array:
    """The pullback of ``softmax_of``."""
    return np.asarray(weights * (u - (u * weights).sum(axis=-1, keepdims=True)))


@right(pair(normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 2)))
def attention(p: Parameters, x: tuple[Array, Array, Array]) -> Result:
    """``softmax(Q Kᵀ / √d) V``."""
    query, key, value = x
    weights = softmax_of(query @ key.swapaxes(1, 2) / 2)

    def pullback(u: Array) -> Gradients:
        of_scores = softmax_pullback(weights, u @ value.swapaxes(1, 2)) / 2
        return (of_scores @ key, of_scores.swapaxes(1, 2) @ query, weights.swapaxes(1, 2) @ u), {}

    return weights @ value, pullback


@right(normal(1, 3, 4), query=normal(4, 2), key=normal(4, 2), value=normal(4, 3))
def causal_attention(p: Parameters, x: Array) -> Result:
    """Self-attention that sees only what came before."""
    q, k, v = x @ p["query"], x @ p["key"], x @ p["value"]
    root = math.sqrt(2)
    hidden = np.triu(np.full((3, 3), -1e9, dtype=x.dtype), 1)
    weights = softmax_of(q @ k.swapaxes(1, 2) / root + hidden)

    def pullback(u: Array) -> Gradients:
        of_scores = softmax_pullback(weights, u @ v.swapaxes(1, 2)) / root
        of_q, of_k, of_v = of_scores @ k, of_scores.swapaxes(1, 2) @ q, weights.swapaxes(1, 2) @ u
        of_x = of_q @ p["query"].T + of_k @ p["key"].T + of_v @ p["value"].T
        parts = {"query": of_q, "key": of_k, "value": of_v}
        return of_x, {name: np.einsum("bti,btj->ij", x, part) for name, part in parts.items()}

    return weights @ v, pullback


@right(normal(2, 3, 2), project=normal(2, 2, 3, scale=0.7), combine=normal(2, 3, 2))
def two_heads(p: Parameters, x: Array) -> Result:
    """Two heads with one projection for queries, keys and values."""
    heads = np.einsum("bti,hid->bhtd", x, p["project"])
    weights = softmax_of(np.einsum("bhtd,bhsd->bhts", heads, heads))
    mixed = weights @ heads

    def pullback(u: Array) -> Gradients:
        of_mixed = np.einsum("bto,hdo->bhtd", u, p["combine"])
        of_scores = softmax_pullback(weights, of_mixed @ heads.swapaxes(2, 3))
        of_heads = (of_scores + of_scores.swapaxes(2, 3)) @ heads + weights.swapaxes(2, 3) @ of_mixed
        of_x = np.einsum("bhtd,hid->bti", of_heads, p["project"])
        return of_x, {
            "project": np.einsum("bhtd,bti->hid", of_heads, x),
            "combine": np.einsum("bto,bhtd->hdo", u, mixed),
        }

    return np.einsum("bhtd,hdo->bto", mixed, p["combine"]), pullback


@right(normal(2, 4, 3), score=normal(3))
def attention_pool(p: Parameters, x: Array) -> Result:
    """``Σ softmax(x·s) x``: one vector for each sequence."""
    weights = softmax_of(x @ p["score"])

    def pullback(u: Array) -> Gradients:
        of_scores = softmax_pullback(weights, np.einsum("bi,bti->bt", u, x))
        of_x = weights[..., None] * u[:, None] + of_scores[..., None] * p["score"]
        return of_x, {"score": np.einsum("bt,bti->i", of_scores, x)}

    return np.einsum("bt,bti->bi", weights, x), pullback
