"""Losses."""

from __future__ import annotations

import numpy as np

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, exactly, indices, normal, off_zero, pair, uniform
from tests.faults.functions.pointwise import sigmoid


def log_softmax_of(logits: Array) -> Array:
    """Log-probabilities of rows."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


@right(pair(normal(4, 3), indices(3, 4)))
def cross_entropy(p: Parameters, x: tuple[Array, Array]) -> Result:
    """The mean of ``-log softmax(z)[t]``."""
    logits, target = x
    logs = log_softmax_of(logits)

    def pullback(u: Array) -> Gradients:
        of_logits = np.exp(logs)
        of_logits[np.arange(len(target)), target] -= 1
        return (u * of_logits / len(target), None), {}

    return -logs[np.arange(len(target)), target].mean(), pullback


@right(pair(normal(4, 3), exactly([[0.9, 0.05, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [1, 0, 0]])))
def soft_cross_entropy(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``-Σ t log softmax(z)``, one loss for each row, with a gradient for the target too."""
    logits, target = x
    logs = log_softmax_of(logits)

    def pullback(u: Array) -> Gradients:
        of_logits = np.exp(logs) * target.sum(axis=1, keepdims=True) - target
        return (u[:, None] * of_logits, -u[:, None] * logs), {}

    return -(target * logs).sum(axis=1), pullback


@right(pair(normal(4, 2), uniform(0, 1, 4, 2)))
def binary_cross_entropy(p: Parameters, x: tuple[Array, Array]) -> Result:
    """The mean of ``softplus(z) - t z``."""
    logits, target = x

    def pullback(u: Array) -> Gradients:
        return (u * (sigmoid(logits) - target) / 8, -u * logits / 8), {}

    return (np.logaddexp(0, logits) - target * logits).mean().astype(logits.dtype), pullback


@right(pair(normal(4, 3), normal(4, 3)))
def mean_squared_error(p: Parameters, x: tuple[Array, Array]) -> Result:
    """The mean of ``(y - t)²``."""
    gap = x[0] - x[1]
    return (gap**2).mean(), lambda u: ((u * 2 * gap / gap.size, -u * 2 * gap / gap.size), {})


@right(pair(normal(4, 3), normal(4, 3)))
def half_squared_rows(p: Parameters, x: tuple[Array, Array]) -> Result:
    """Half the squared error, one loss for each row."""
    gap = x[0] - x[1]
    return (gap**2).sum(axis=1) / 2, lambda u: ((u[:, None] * gap, -u[:, None] * gap), {})


@right(pair(exactly([0.3, -0.4, 2.0, -3.0, 0.05, 1.6]), exactly([0.1, 0.1, 0.3, 0.2, 0.0, 0.0])))
def huber(p: Parameters, x: tuple[Array, Array]) -> Result:
    """Quadratic up to 1, linear beyond; three of six on each side."""
    gap = x[0] - x[1]
    inside = np.abs(gap) <= 1

    def pullback(u: Array) -> Gradients:
        slope = u * np.clip(gap, -1, 1)
        return (slope, -slope), {}

    return np.where(inside, gap**2 / 2, np.abs(gap) - 0.5), pullback


@right(pair(exactly([0.3, -0.4, 2.0, -1.7, 0.6, 1.6]), exactly([1.0, -1, 1, 1, -1, -1])))
def hinge(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``max(0, 1 - t y)``; the sign of the target is given."""
    score, sign = x
    active = sign * score < 1
    return np.maximum(0, 1 - sign * score), lambda u: ((-u * sign * active, -u * score * active), {})


@right(pair(exactly([[1.0, 0.4, -1.2], [0.2, 0.5, 1.9], [3.0, 0.4, 0.1]]), exactly([0, 1, 0], dtype=np.int64)))
def multiclass_hinge(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``Σ max(0, 1 + z_j - z_t)`` over the other classes."""
    score, target = x
    rows = np.arange(3)
    margin = np.maximum(0, 1 + score - score[rows, target][:, None])
    margin[rows, target] = 0

    def pullback(u: Array) -> Gradients:
        of_score = (margin > 0) * u[:, None]
        of_score[rows, target] = -of_score.sum(axis=1)
        return (of_score, None), {}

    return margin.sum(axis=1), pullback


@right(pair(uniform(0.1, 0.9, 3, 4), uniform(0.1, 0.9, 3, 4)))
def kl_divergence(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``Σ q log(q / r)``."""
    q, r = x
    return (q * np.log(q / r)).sum(axis=1), lambda u: ((u[:, None] * (np.log(q / r) + 1), -u[:, None] * q / r), {})


@right(pair(normal(4, 2), normal(4, 2)), log_variance=normal(2))
def gaussian_likelihood(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``Σ ((y - t)² e^{-v} + v) / 2``."""
    gap = x[0] - x[1]
    precision = np.exp(-p["log_variance"])

    def pullback(u: Array) -> Gradients:
        of_gap = u * gap * precision
        return (of_gap, -of_gap), {"log_variance": u * (1 - gap**2 * precision).sum(axis=0) / 2}

    return (gap**2 * precision + p["log_variance"]).sum() / 2, pullback


@right(normal(5))
def focal(p: Parameters, x: Array) -> Result:
    """``-(1 - q)² log q`` with ``q = sigmoid(z)``."""
    q = sigmoid(x)
    return -((1 - q) ** 2) * np.log(q), lambda u: (u * (2 * q * (1 - q) ** 2 * np.log(q) - (1 - q) ** 3), {})


@right(pair(normal(4, 3), normal(4, 3)))
def log_cosh(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``Σ log cosh(y - t)``."""
    gap = x[0] - x[1]
    return np.log(np.cosh(gap)).sum(), lambda u: ((u * np.tanh(gap), -u * np.tanh(gap)), {})


@right(pair(normal(5), exactly([0.0, 2, 1, 5, 3])))
def poisson(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``eˣ - t x``."""
    rate = np.exp(x[0])
    return rate - x[1] * x[0], lambda u: ((u * (rate - x[1]), -u * x[0]), {})


@right(pair(off_zero(6), exactly(np.zeros(6))), level=exactly(0.3))
def quantile(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``max(q e, (q - 1) e)``."""
    gap = x[1] - x[0]
    side = (gap > 0).astype(gap.dtype)

    def pullback(u: Array) -> Gradients:
        slope = u * (p["level"] - 1 + side)
        return (-slope, slope), {"level": np.asarray((u * gap).sum())}

    return gap * (p["level"] - 1 + side), pullback


@right(pair(uniform(0.1, 0.9, 2, 5), uniform(0.1, 0.9, 2, 5)))
def dice(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``1 - 2 Σab / Σ(a + b)``."""
    a, b = x
    both, total = (a * b).sum(axis=1, keepdims=True), (a + b).sum(axis=1, keepdims=True)

    def pullback(u: Array) -> Gradients:
        column = 2 * u[:, None]
        return (column * (both / total**2 - b / total), column * (both / total**2 - a / total)), {}

    return (1 - 2 * both / total)[:, 0], pullback


@right(pair(normal(4, 3), normal(4, 3)), temperature=exactly(0.7))
def contrastive(p: Parameters, x: tuple[Array, Array]) -> Result:
    """InfoNCE: row i of one belongs to row i of the other."""
    a, b = x
    logits = a @ b.T / p["temperature"]
    logs = log_softmax_of(logits)

    def pullback(u: Array) -> Gradients:
        of_logits = u * (np.exp(logs) - np.eye(4, dtype=a.dtype)) / 4
        inner = of_logits / p["temperature"]
        return (inner @ b, inner.T @ a), {"temperature": np.asarray(-(of_logits * logits).sum() / p["temperature"])}

    return -np.trace(logs) / 4, pullback


@right(pair(normal(3, 2), normal(3, 2), normal(3, 2, mean=1.0)))
def triplet(p: Parameters, x: tuple[Array, Array, Array]) -> Result:
    """``softplus(|a - p|² - |a - n|²)``."""
    anchor, near, far = x
    gap = ((anchor - near) ** 2).sum(axis=1) - ((anchor - far) ** 2).sum(axis=1)

    def pullback(u: Array) -> Gradients:
        slope = 2 * (u * sigmoid(gap))[:, None]
        return (slope * (far - near), slope * (near - anchor), slope * (anchor - far)), {}

    return np.logaddexp(gap.dtype.type(0), gap), pullback
