"""Elementwise functions, plain and with parameters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.corpus.case import RIGHT, Case, Gradients, Result, right
from tests.corpus.data import Draw, away, normal, positive

ERF = np.vectorize(math.erf, otypes=[np.float64])


def sigmoid(x: Any) -> Any:
    """``1 / (1 + e⁻ˣ)``."""
    return 1 / (1 + np.exp(-x))


def elementwise(value: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Callable[[Any, Any], Result]:
    """A function of each element, from its value and its slope."""

    def function(p: Any, x: Any) -> Result:
        return value(x), lambda upstream: (upstream * slope(x), {})

    return function


def normal_cdf(x: Any) -> Any:
    """The distribution function of the normal distribution."""
    return (0.5 * (1 + ERF(np.asarray(x, dtype=np.float64) / math.sqrt(2)))).astype(np.asarray(x).dtype)


def normal_density(x: Any) -> Any:
    """The density of the normal distribution."""
    return np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)


def gelu_tanh_slope(x: Any) -> Any:
    """The slope of the gelu that is approximated by tanh."""
    c = math.sqrt(2 / math.pi)
    t = np.tanh(c * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 3 * 0.044715 * x**2)


PLAIN: dict[str, tuple[Draw, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "sigmoid": (normal(3, 4), sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "tanh": (normal(3, 4), np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "relu": (away(3, 4), lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(x.dtype)),
    "leaky_relu": (
        away(3, 4),
        lambda x: np.where(x > 0, x, 0.1 * x),
        lambda x: np.where(x > 0, 1, 0.1).astype(x.dtype),
    ),
    "elu": (away(3, 4), lambda x: np.where(x > 0, x, np.expm1(x)), lambda x: np.where(x > 0, 1, np.exp(x))),
    "gelu": (normal(3, 4), lambda x: x * normal_cdf(x), lambda x: normal_cdf(x) + x * normal_density(x)),
    "gelu_tanh": (
        normal(3, 4),
        lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        gelu_tanh_slope,
    ),
    "silu": (normal(3, 4), lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
    "softplus": (normal(3, 4), lambda x: np.logaddexp(0, x), sigmoid),
    "softsign": (away(3, 4), lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2),
    "trigonometry": (
        normal(3, 4),
        lambda x: np.sin(x) * np.cos(2 * x),
        lambda x: np.cos(x) * np.cos(2 * x) - 2 * np.sin(x) * np.sin(2 * x),
    ),
    "polynomial": (normal(6), lambda x: x**3 - 2 * x**2 + 0.5, lambda x: 3 * x**2 - 4 * x),
    "log_root": (
        positive(3, 2),
        lambda x: np.log(x) * np.sqrt(x),
        lambda x: np.sqrt(x) / x + np.log(x) / (2 * np.sqrt(x)),
    ),
    "reciprocal": (positive(5), lambda x: 1 / x, lambda x: -1 / x**2),
    "exponential": (normal(5), np.exp, np.exp),
    "absolute": (away(3, 4), np.abs, np.sign),
    "mish": (
        normal(3, 3),
        lambda x: x * np.tanh(np.logaddexp(0, x)),
        lambda x: np.tanh(np.logaddexp(0, x)) + x * sigmoid(x) * (1 - np.tanh(np.logaddexp(0, x)) ** 2),
    ),
    "hard_sigmoid": (
        away(4, 4),
        lambda x: np.clip(x / 6 + 0.5, 0, 1),
        lambda x: (np.abs(x) < 3).astype(x.dtype) / 6,
    ),
}
RIGHT.update({name: Case(name, elementwise(value, slope), draw) for name, (draw, value, slope) in PLAIN.items()})


@right("prelu", away(4, 3), slope=positive(3, low=0.1, high=0.4))
def prelu(p: Any, x: Any) -> Result:
    """``max(0, x) + a min(0, x)``, a slope for each feature."""
    below = np.minimum(x, 0)

    def pullback(upstream: Any) -> Gradients:
        return upstream * np.where(x > 0, 1, p["slope"]), {"slope": (upstream * below).sum(axis=0)}

    return np.maximum(x, 0) + p["slope"] * below, pullback


@right("swish", normal(4, 3), beta=normal(3))
def swish(p: Any, x: Any) -> Result:
    """``x sigmoid(β x)``."""
    s = sigmoid(p["beta"] * x)

    def pullback(upstream: Any) -> Gradients:
        inner = s * (1 - s) * x
        return upstream * (s + p["beta"] * inner), {"beta": (upstream * inner * x).sum(axis=0)}

    return x * s, pullback


@right("power", positive(4), exponent=normal())
def power(p: Any, x: Any) -> Result:
    """``x^a``."""
    output = x ** p["exponent"]

    def pullback(upstream: Any) -> Gradients:
        return upstream * p["exponent"] * output / x, {"exponent": np.asarray((upstream * output * np.log(x)).sum())}

    return output, pullback


@right("division", normal(3, 4), divisor=positive(4), offset=normal(3, 1))
def division(p: Any, x: Any) -> Result:
    """``(x + c) / d``, broadcast along different axes."""
    output = (x + p["offset"]) / p["divisor"]

    def pullback(upstream: Any) -> Gradients:
        inner = upstream / p["divisor"]
        return inner, {"divisor": -(inner * output).sum(axis=0), "offset": inner.sum(axis=1, keepdims=True)}

    return output, pullback


@right("snake", normal(4, 2), frequency=positive(2))
def snake(p: Any, x: Any) -> Result:
    """``x + sin²(a x) / a``."""
    a = p["frequency"]
    wave = np.sin(a * x) ** 2

    def pullback(upstream: Any) -> Gradients:
        doubled = np.sin(2 * a * x)
        return upstream * (1 + doubled), {"frequency": (upstream * (x * doubled / a - wave / a**2)).sum(axis=0)}

    return x + wave / a, pullback


@right("polynomial_weights", normal(6), coefficients=normal(4))
def polynomial_weights(p: Any, x: Any) -> Result:
    """``Σ cₖ xᵏ``."""
    powers = x[:, None] ** np.arange(4)
    c = p["coefficients"]

    def pullback(upstream: Any) -> Gradients:
        return upstream * (powers[:, :3] @ (c[1:] * np.arange(1, 4))), {"coefficients": powers.T @ upstream}

    return powers @ c, pullback
