"""Reductions, orders and moves of elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import Gradients, Result, right
from tests.corpus.data import normal, positive, spaced, tuples


@right("max_rows", spaced(3, 4), scale=normal(3))
def max_rows(p: Any, x: Any) -> Result:
    """The largest of each row, scaled."""
    chosen = x.argmax(axis=1)
    largest = x.max(axis=1)

    def pullback(upstream: Any) -> Gradients:
        of_x = np.zeros_like(x)
        of_x[np.arange(len(x)), chosen] = upstream * p["scale"]
        return of_x, {"scale": upstream * largest}

    return largest * p["scale"], pullback


@right("min_pair", tuples(spaced(4, 3), spaced(4, 3, gap=0.31)))
def min_pair(p: Any, x: Any) -> Result:
    """The smaller of two arrays."""
    first = x[0] < x[1]
    return np.minimum(*x), lambda upstream: ((upstream * first, upstream * ~first), {})


@right("sort", spaced(3, 5), weight=normal(5))
def sort(p: Any, x: Any) -> Result:
    """Each row in ascending order, weighted."""
    order = x.argsort(axis=1)
    ordered = np.take_along_axis(x, order, axis=1)

    def pullback(upstream: Any) -> Gradients:
        of_x = np.zeros_like(x)
        np.put_along_axis(of_x, order, upstream * p["weight"], axis=1)
        return of_x, {"weight": (upstream * ordered).sum(axis=0)}

    return ordered * p["weight"], pullback


@right("variance", normal(5, 3))
def variance(p: Any, x: Any) -> Result:
    """The variance of each column, divided by n − 1."""
    centred = x - x.mean(axis=0)
    return (centred**2).sum(axis=0) / (len(x) - 1), lambda upstream: (2 * upstream * centred / (len(x) - 1), {})


@right("product", positive(3, 4))
def product(p: Any, x: Any) -> Result:
    """The product of each row."""
    output = x.prod(axis=1)
    return output, lambda upstream: ((upstream * output)[:, None] / x, {})


@right("cumulative_product", positive(2, 4))
def cumulative_product(p: Any, x: Any) -> Result:
    """Running products of each row."""
    output = x.cumprod(axis=1)

    def pullback(upstream: Any) -> Gradients:
        return np.cumsum((upstream * output)[:, ::-1], axis=1)[:, ::-1] / x, {}

    return output, pullback


@right("top_two", spaced(3, 5))
def top_two(p: Any, x: Any) -> Result:
    """The mean of the two largest of each row."""
    chosen = x.argsort(axis=1)[:, -2:]

    def pullback(upstream: Any) -> Gradients:
        of_x = np.zeros_like(x)
        np.put_along_axis(of_x, chosen, np.repeat(upstream[:, None] / 2, 2, axis=1), axis=1)
        return of_x, {}

    return np.take_along_axis(x, chosen, axis=1).mean(axis=1), pullback


@right("median", spaced(3, 5))
def median(p: Any, x: Any) -> Result:
    """The middle of each row."""
    chosen = x.argsort(axis=1)[:, 2]

    def pullback(upstream: Any) -> Gradients:
        of_x = np.zeros_like(x)
        of_x[np.arange(len(x)), chosen] = upstream
        return of_x, {}

    return np.median(x, axis=1), pullback


@right("concatenate", tuples(normal(3, 2), normal(3, 4)), weight=normal(6))
def concatenate(p: Any, x: Any) -> Result:
    """Two inputs side by side, weighted."""
    joined = np.concatenate(x, axis=1)

    def pullback(upstream: Any) -> Gradients:
        inner = upstream * p["weight"]
        return (inner[:, :2], inner[:, 2:]), {"weight": (upstream * joined).sum(axis=0)}

    return joined * p["weight"], pullback


@right("transpose_flip", normal(3, 3), weight=normal(3, 3))
def transpose_flip(p: Any, x: Any) -> Result:
    """``xᵀ`` with its columns reversed, weighted."""
    moved = x.T[:, ::-1]
    return moved * p["weight"], lambda upstream: ((upstream * p["weight"])[:, ::-1].T, {"weight": upstream * moved})


@right("p_norm", normal(4, 3, mean=2.0, scale=0.3), order=positive(low=2.0, high=3.0))
def p_norm(p: Any, x: Any) -> Result:
    """``(Σ |x|^q)^(1/q)`` of each row, q a parameter."""
    q = p["order"]
    powers = np.abs(x) ** q
    total = powers.sum(axis=1, keepdims=True)
    value = total ** (1 / q)

    def pullback(upstream: Any) -> Gradients:
        scaled = upstream[:, None]
        logarithm = (powers * np.log(np.abs(x))).sum(axis=1, keepdims=True)
        of_order = scaled * value * (logarithm / (q * total) - np.log(total) / q**2)
        return scaled * value / total * np.sign(x) * powers / np.abs(x), {"order": np.asarray(of_order.sum())}

    return value[:, 0], pullback


@right("softmax_pool", normal(2, 4, 3), score=normal(3))
def softmax_pool(p: Any, x: Any) -> Result:
    """A mean over steps, weighted by a softmax of their scores."""
    logits = x @ p["score"]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    s = powers / powers.sum(axis=1, keepdims=True)

    def pullback(upstream: Any) -> Gradients:
        of_s = np.einsum("bf,btf->bt", upstream, x)
        of_logits = s * (of_s - (of_s * s).sum(axis=1, keepdims=True))
        of_x = s[:, :, None] * upstream[:, None, :] + of_logits[:, :, None] * p["score"]
        return of_x, {"score": np.einsum("bt,btf->f", of_logits, x)}

    return np.einsum("bt,btf->bf", s, x), pullback
