"""Functions that reduce or order an axis."""

from __future__ import annotations

import numpy as np

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, apart, normal, off_zero, pair, uniform


@right(normal(3, 5))
def mean_rows(p: Parameters, x: Array) -> Result:
    """The mean of each row."""
    return x.mean(axis=1), lambda u: (np.repeat(u[:, None] / 5, 5, axis=1), {})


@right(normal(5, 3))
def variance(p: Parameters, x: Array) -> Result:
    """The variance of each column, with n - 1."""
    return x.var(axis=0, ddof=1), lambda u: (u * 2 * (x - x.mean(axis=0)) / 4, {})


@right(normal(4, 3))
def deviation(p: Parameters, x: Array) -> Result:
    """The standard deviation of each row."""
    spread = x.std(axis=1, keepdims=True)
    return spread[:, 0], lambda u: (u[:, None] * (x - x.mean(axis=1, keepdims=True)) / (3 * spread), {})


@right(normal(4, 3))
def norm_rows(p: Parameters, x: Array) -> Result:
    """The length of each row."""
    length = np.sqrt((x**2).sum(axis=1))
    return length, lambda u: ((u / length)[:, None] * x, {})


@right(off_zero(3, 3))
def norm_total(p: Parameters, x: Array) -> Result:
    """The Frobenius norm: a scalar."""
    length = np.sqrt((x**2).sum())
    return length, lambda u: (u * x / length, {})


@right(normal(3, 4))
def log_sum_exp(p: Parameters, x: Array) -> Result:
    """``log Σ eˣ`` of each row."""
    top = x.max(axis=1, keepdims=True)
    weights = np.exp(x - top)
    total = weights.sum(axis=1, keepdims=True)
    return (top + np.log(total))[:, 0], lambda u: (u[:, None] * weights / total, {})


@right(normal(3, 4))
def softmax(p: Parameters, x: Array) -> Result:
    """``eˣ / Σ eˣ`` of each row."""
    output = np.exp(x - x.max(axis=1, keepdims=True))
    output = output / output.sum(axis=1, keepdims=True)
    return output, lambda u: (output * (u - (u * output).sum(axis=1, keepdims=True)), {})


@right(normal(3, 4), temperature=uniform(0.5, 2))
def tempered_softmax(p: Parameters, x: Array) -> Result:
    """``softmax(x / t)``."""
    t = p["temperature"]
    output = np.exp((x - x.max(axis=1, keepdims=True)) / t)
    output = output / output.sum(axis=1, keepdims=True)

    def pullback(u: Array) -> Gradients:
        inner = output * (u - (u * output).sum(axis=1, keepdims=True))
        return inner / t, {"temperature": np.asarray(-(inner * x).sum() / t**2)}

    return output, pullback


@right(normal(3, 4))
def log_softmax(p: Parameters, x: Array) -> Result:
    """``x - log Σ eˣ`` of each row."""
    shifted = x - x.max(axis=1, keepdims=True)
    output = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return output, lambda u: (u - np.exp(output) * u.sum(axis=1, keepdims=True), {})


@right(apart(4, 5))
def max_rows(p: Parameters, x: Array) -> Result:
    """The largest of each row."""
    where = x.argmax(axis=1)

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        of_x[np.arange(4), where] = u
        return of_x, {}

    return x.max(axis=1), pullback


@right(pair(apart(3, 4), apart(3, 4, gap=0.17)))
def minimum(p: Parameters, x: tuple[Array, Array]) -> Result:
    """The smaller of two, element by element."""
    first = x[0] < x[1]
    return np.where(first, *x), lambda u: ((u * first, u * ~first), {})


@right(apart(3, 5), weight=normal(5))
def ordered(p: Parameters, x: Array) -> Result:
    """Rows sorted, times weights (an L-statistic)."""
    order = x.argsort(axis=1)
    rows = np.arange(3)[:, None]
    ranked = x[rows, order]

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        of_x[rows, order] = u * p["weight"]
        return of_x, {"weight": (u * ranked).sum(axis=0)}

    return ranked * p["weight"], pullback


@right(apart(3, 5))
def median_rows(p: Parameters, x: Array) -> Result:
    """The median of each row."""
    where = x.argsort(axis=1)[:, 2]

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        of_x[np.arange(3), where] = u
        return of_x, {}

    return x[np.arange(3), where], pullback


@right(off_zero(3, 4))
def product_rows(p: Parameters, x: Array) -> Result:
    """The product of each row."""
    total = x.prod(axis=1)
    return total, lambda u: ((u * total)[:, None] / x, {})


@right(normal(3, 5), weight=normal(5))
def running_sum(p: Parameters, x: Array) -> Result:
    """``cumsum(x w)``."""

    def pullback(u: Array) -> Gradients:
        behind = np.cumsum(u[:, ::-1], axis=1)[:, ::-1]
        return behind * p["weight"], {"weight": (behind * x).sum(axis=0)}

    return np.cumsum(x * p["weight"], axis=1), pullback


@right(off_zero(2, 4))
def running_product(p: Parameters, x: Array) -> Result:
    """``cumprod(x)``."""
    output = np.cumprod(x, axis=1)
    return output, lambda u: (np.cumsum((u * output)[:, ::-1], axis=1)[:, ::-1] / x, {})


@right(pair(normal(3, 4), normal(3, 4)))
def cosine_similarity(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``a·b / (|a| |b|)`` of rows."""
    a, b = x
    long_a, long_b = (np.sqrt((each**2).sum(axis=1, keepdims=True)) for each in x)
    similarity = (a * b).sum(axis=1, keepdims=True) / (long_a * long_b)

    def pullback(u: Array) -> Gradients:
        column = u[:, None]
        of_a = column * (b / (long_a * long_b) - similarity * a / long_a**2)
        return (of_a, column * (a / (long_a * long_b) - similarity * b / long_b**2)), {}

    return similarity[:, 0], pullback


@right(pair(normal(3, 2), normal(4, 2)))
def pairwise_distances(p: Parameters, x: tuple[Array, Array]) -> Result:
    """The distance of every row of one from every row of the other."""
    gap = x[0][:, None] - x[1][None]
    length = np.sqrt((gap**2).sum(axis=2))

    def pullback(u: Array) -> Gradients:
        of_gap = (u / length)[..., None] * gap
        return (of_gap.sum(axis=1), -of_gap.sum(axis=0)), {}

    return length, pullback


@right(pair(normal(5, 2), uniform(0.2, 1, 5)))
def weighted_mean(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``Σ w x / Σ w``."""
    values, weights = x
    total = weights.sum()
    mean = weights @ values / total
    return mean, lambda u: ((np.outer(weights, u) / total, (values - mean) @ u / total), {})
