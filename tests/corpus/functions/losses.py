"""Softmax and losses, with scalar and with vector outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import Gradients, Result, right
from tests.corpus.data import integers, normal, positive, tuples


def probabilities(x: Any) -> Any:
    """Softmax along the last axis."""
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@right("softmax", normal(4, 3))
def softmax(p: Any, x: Any) -> Result:
    """Softmax along the last axis."""
    s = probabilities(x)
    return s, lambda upstream: (s * (upstream - (upstream * s).sum(axis=-1, keepdims=True)), {})


@right("log_softmax", normal(4, 3))
def log_softmax(p: Any, x: Any) -> Result:
    """``x − logsumexp x``."""
    shifted = x - x.max(axis=-1, keepdims=True)
    output = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return output, lambda upstream: (upstream - np.exp(output) * upstream.sum(axis=-1, keepdims=True), {})


@right("cross_entropy", tuples(normal(5, 3), integers(3, 5)))
def cross_entropy(p: Any, x: Any) -> Result:
    """Mean cross-entropy of logits and class numbers."""
    logits, target = x
    rows = np.arange(len(target))
    s = probabilities(logits)

    def pullback(upstream: Any) -> Gradients:
        gradient = s.copy()
        gradient[rows, target] -= 1
        return (upstream * gradient / len(target), None), {}

    top = logits.max(axis=1)
    each = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top - logits[rows, target]
    return each.mean(), pullback


@right("cross_entropy_dense", normal(4, 5), weight=normal(5, 3), bias=normal(3))
def cross_entropy_dense(p: Any, x: Any) -> Result:
    """Softmax regression with fixed classes; one loss for each row."""
    target = np.arange(len(x)) % 3
    s, back = log_softmax({}, x @ p["weight"] + p["bias"])

    def pullback(upstream: Any) -> Gradients:
        spread = np.zeros_like(s)
        spread[np.arange(len(x)), target] = -upstream
        inner = back(spread)[0]
        return inner @ p["weight"].T, {"weight": x.T @ inner, "bias": inner.sum(axis=0)}

    return -s[np.arange(len(x)), target], pullback


@right("mse", tuples(normal(4, 3), normal(4, 3)))
def mse(p: Any, x: Any) -> Result:
    """Mean of squares."""
    difference = x[0] - x[1]

    def pullback(upstream: Any) -> Gradients:
        gradient = upstream * 2 * difference / difference.size
        return (gradient, -gradient), {}

    return (difference**2).mean(), pullback


@right("mse_rows", tuples(normal(4, 3), normal(4, 3)))
def mse_rows(p: Any, x: Any) -> Result:
    """Half the sum of squares of each row."""
    difference = x[0] - x[1]
    return 0.5 * (difference**2).sum(axis=1), lambda upstream: (
        (upstream[:, None] * difference, -upstream[:, None] * difference),
        {},
    )


@right("huber", normal(6, scale=1.5), delta=positive(low=0.9, high=1.1))
def huber(p: Any, x: Any) -> Result:
    """Quadratic within delta, linear outside."""
    delta = p["delta"]
    inside = np.abs(x) <= delta

    def pullback(upstream: Any) -> Gradients:
        of_delta = np.where(inside, 0.0, np.abs(x) - delta) * upstream
        return upstream * np.clip(x, -delta, delta), {"delta": np.asarray(of_delta.sum())}

    return np.where(inside, 0.5 * x**2, delta * (np.abs(x) - 0.5 * delta)), pullback


@right("hinge", normal(5, 4), weight=normal(4), bias=normal())
def hinge(p: Any, x: Any) -> Result:
    """``mean max(0, 1 − y (x w + b))``."""
    sign = np.where(np.arange(len(x)) % 2 == 0, 1.0, -1.0).astype(x.dtype)
    margin = 1 - sign * (x @ p["weight"] + p["bias"])

    def pullback(upstream: Any) -> Gradients:
        inner = -sign * (margin > 0) * upstream / len(x)
        return np.outer(inner, p["weight"]), {"weight": x.T @ inner, "bias": np.asarray(inner.sum())}

    return np.maximum(margin, 0).mean(), pullback


@right("binary_cross_entropy", tuples(normal(6), positive(6, low=0.1, high=0.9)))
def binary_cross_entropy(p: Any, x: Any) -> Result:
    """From logits: ``log(1 + eˣ) − t x``."""
    logits, target = x

    def pullback(upstream: Any) -> Gradients:
        return (upstream * (1 / (1 + np.exp(-logits)) - target), -upstream * logits), {}

    return np.logaddexp(0, logits) - target * logits, pullback


@right("logsumexp", normal(3, 4), temperature=positive())
def logsumexp(p: Any, x: Any) -> Result:
    """``T log Σ exp(x / T)``."""
    temperature = p["temperature"]
    scaled = x / temperature
    s = probabilities(scaled)
    top = scaled.max(axis=1)
    value = np.log(np.exp(scaled - top[:, None]).sum(axis=1)) + top

    def pullback(upstream: Any) -> Gradients:
        of_temperature = upstream * (value - (s * scaled).sum(axis=1))
        return upstream[:, None] * s, {"temperature": np.asarray(of_temperature.sum())}

    return temperature * value, pullback


@right("kl_divergence", tuples(positive(3, 4), positive(3, 4)))
def kl_divergence(p: Any, x: Any) -> Result:
    """``Σ a log(a / b)`` of each row."""
    first, second = x
    ratio = np.log(first / second)
    return (first * ratio).sum(axis=1), lambda upstream: (
        (upstream[:, None] * (ratio + 1), -upstream[:, None] * first / second),
        {},
    )


@right("cosine_similarity", tuples(normal(4, 3), normal(4, 3)))
def cosine_similarity(p: Any, x: Any) -> Result:
    """``a·b / |a||b|`` of each row."""
    first, second = x
    lengths = [np.sqrt((each**2).sum(axis=1, keepdims=True)) for each in x]
    units = [each / length for each, length in zip(x, lengths, strict=True)]
    cosine = (units[0] * units[1]).sum(axis=1, keepdims=True)

    def pullback(upstream: Any) -> Gradients:
        scaled = upstream[:, None]
        return (
            scaled * (units[1] - cosine * units[0]) / lengths[0],
            scaled * (units[0] - cosine * units[1]) / lengths[1],
        ), {}

    return (first * second).sum(axis=1) / (lengths[0] * lengths[1])[:, 0], pullback


@right("gaussian_nll", normal(5, 2), mean=normal(2), log_variance=normal(2))
def gaussian_nll(p: Any, x: Any) -> Result:
    """``½ Σ (log v + (x − m)² / v)``, v the exponential of a parameter."""
    inverse = np.exp(-p["log_variance"])
    difference = x - p["mean"]

    def pullback(upstream: Any) -> Gradients:
        of_x = upstream * difference * inverse
        return of_x, {
            "mean": -of_x.sum(axis=0),
            "log_variance": 0.5 * upstream * (1 - difference**2 * inverse).sum(axis=0),
        }

    return 0.5 * (p["log_variance"] + difference**2 * inverse).sum(), pullback
