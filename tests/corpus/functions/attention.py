"""Attention and look-ups."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import Gradients, Result, right
from tests.corpus.data import fixed, integers, normal, tuples
from tests.corpus.functions.losses import probabilities


def attend(query: Any, key: Any, value: Any, mask: Any = 0.0) -> tuple[Any, Any]:
    """``softmax(Q Kᵀ / √d) V`` and its pullback."""
    scale = query.dtype.type(1 / np.sqrt(query.shape[-1]))
    s = probabilities(scale * query @ np.swapaxes(key, -1, -2) + mask)

    def back(upstream: Any) -> tuple[Any, Any, Any]:
        of_s = upstream @ np.swapaxes(value, -1, -2)
        scores = scale * s * (of_s - (of_s * s).sum(axis=-1, keepdims=True))
        return scores @ key, np.swapaxes(scores, -1, -2) @ query, np.swapaxes(s, -1, -2) @ upstream

    return s @ value, back


@right("attention", tuples(normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 3)))
def attention(p: Any, x: Any) -> Result:
    """Scaled dot products of queries, keys and values."""
    output, back = attend(*x)
    return output, lambda upstream: (back(upstream), {})


@right("self_attention", normal(2, 4, 3), query=normal(3, 3), key=normal(3, 3), value=normal(3, 3))
def self_attention(p: Any, x: Any) -> Result:
    """Queries, keys and values from one sequence."""
    parts = [x @ p[name] for name in ("query", "key", "value")]
    output, back = attend(*parts)

    def pullback(upstream: Any) -> Gradients:
        of_parts = dict(zip(("query", "key", "value"), back(upstream), strict=True))
        of_x = sum(of_part @ p[name].T for name, of_part in of_parts.items())
        return of_x, {name: np.einsum("bti,btj->ij", x, of_part) for name, of_part in of_parts.items()}

    return output, pullback


@right("causal_attention", normal(4, 3), mix=normal(3, 3))
def causal_attention(p: Any, x: Any) -> Result:
    """Each step sees its past only."""
    mask = np.where(np.tri(len(x), dtype=bool), 0.0, -1e9).astype(x.dtype)
    mixed = x @ p["mix"]
    output, back = attend(mixed, x, x, mask)

    def pullback(upstream: Any) -> Gradients:
        of_query, of_key, of_value = back(upstream)
        return of_query @ p["mix"].T + of_key + of_value, {"mix": x.T @ of_query}

    return output, pullback


@right("embedding", fixed(np.array([[1, 2, 1], [0, 1, 5]])), table=normal(6, 3))
def embedding(p: Any, x: Any) -> Result:
    """Rows of a table, some asked for twice."""

    def pullback(upstream: Any) -> Gradients:
        of_table = np.zeros_like(p["table"])
        np.add.at(of_table, x, upstream)
        return None, {"table": of_table}

    return p["table"][x], pullback


@right("gather", tuples(normal(6), fixed(np.array([0, 3, 3, 5, 0]))), scale=normal())
def gather(p: Any, x: Any) -> Result:
    """Elements of a vector, by numbers, scaled."""
    values, index = x

    def pullback(upstream: Any) -> Gradients:
        of_values = np.bincount(index, weights=upstream * p["scale"], minlength=len(values)).astype(values.dtype)
        return (of_values, None), {"scale": np.asarray((upstream * values[index]).sum())}

    return p["scale"] * values[index], pullback


@right("embedding_sum", integers(5, 4, 3), table=normal(5, 2), bias=normal(2))
def embedding_sum(p: Any, x: Any) -> Result:
    """Mean of the rows of a bag of words, then tanh."""
    output = np.tanh(p["table"][x].mean(axis=1) + p["bias"])

    def pullback(upstream: Any) -> Gradients:
        inner = upstream * (1 - output**2)
        of_table = np.zeros_like(p["table"])
        np.add.at(of_table, x, (inner / x.shape[1])[:, None, :])
        return None, {"table": of_table, "bias": inner.sum(axis=0)}

    return output, pullback


@right("segment_sum", normal(6, 2), weight=normal(6))
def segment_sum(p: Any, x: Any) -> Result:
    """Weighted rows, added up by segment."""
    segment = np.array([0, 0, 1, 1, 1, 2])
    output = np.zeros((3, x.shape[1]), dtype=x.dtype)
    np.add.at(output, segment, x * p["weight"][:, None])

    def pullback(upstream: Any) -> Gradients:
        spread = upstream[segment]
        return spread * p["weight"][:, None], {"weight": (spread * x).sum(axis=1)}

    return output, pullback


@right("positional", normal(2, 4, 3), position=normal(4, 3))
def positional(p: Any, x: Any) -> Result:
    """A vector for each position, added to every member."""
    return x + p["position"], lambda upstream: (upstream.copy(), {"position": upstream.sum(axis=0)})
