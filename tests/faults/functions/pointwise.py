"""Functions of each element by itself."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tests.faults.case import RIGHT, Case, Function, Gradients, Parameters, Result, add, right
from tests.faults.draws import Array, Draw, normal, off_zero, pair, uniform

Elementwise = Callable[[Array], Array]
_erf = np.frompyfunc(math.erf, 1, 1)


def of_value(value: Elementwise, slope: Elementwise) -> Function:
    """A function with its derivative, in the form of the corpus."""

    def function(p: Parameters, x: Array) -> Result:
        return value(x), lambda u: (u * slope(x), {})

    return function


def sigmoid(x: Array) -> Array:
    """``1 / (1 + e⁻ˣ)``, without overflow."""
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x < 0, small, x.dtype.type(1)) / (1 + small))


def erf(x: Array) -> Array:
    """The error function."""
    return np.asarray(_erf(x)).astype(x.dtype)


def bell(x: Array) -> Array:
    """The normal density."""
    return np.asarray(np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


def cumulative(x: Array) -> Array:
    """The normal distribution function."""
    return (1 + erf(x / math.sqrt(2))) / 2


def gelu_tanh_slope(x: Array) -> Array:
    """The derivative of the approximation of gelu by tanh."""
    root = math.sqrt(2 / math.pi)
    inner = np.tanh(root * (x + 0.044715 * x**3))
    return np.asarray((1 + inner) / 2 + x / 2 * (1 - inner**2) * root * (1 + 3 * 0.044715 * x**2))


def sigmoid_slope(x: Array) -> Array:
    """``s (1 - s)``."""
    return sigmoid(x) * sigmoid(-x)


def softplus(x: Array) -> Array:
    """``log(1 + eˣ)``."""
    return np.asarray(np.logaddexp(x.dtype.type(0), x))


def mish_slope(x: Array) -> Array:
    """The derivative of ``x tanh(softplus(x))``."""
    inner = np.tanh(softplus(x))
    return np.asarray(inner + x * (1 - inner**2) * sigmoid(x))


PLAIN, JOINT, SHAPE = normal(3, 4), off_zero(3, 4), (3, 4)
POINTWISE: dict[str, tuple[Draw, Elementwise, Elementwise]] = {
    "logistic": (PLAIN, sigmoid, sigmoid_slope),
    "tanh": (PLAIN, np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "relu": (JOINT, lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(x.dtype)),
    "leaky_relu": (JOINT, lambda x: np.where(x > 0, x, x / 8), lambda x: np.where(x > 0, x.dtype.type(1), 0.125)),
    "elu": (JOINT, lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), lambda x: np.exp(np.minimum(x, 0))),
    "selu": (
        JOINT,
        lambda x: 1.0507 * np.where(x > 0, x, 1.67326 * np.expm1(np.minimum(x, 0))),
        lambda x: 1.0507 * np.where(x > 0, 1, 1.67326 * np.exp(np.minimum(x, 0))).astype(x.dtype),
    ),
    "gelu": (PLAIN, lambda x: x * cumulative(x), lambda x: cumulative(x) + x * bell(x)),
    "gelu_tanh": (
        PLAIN,
        lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        gelu_tanh_slope,
    ),
    "silu": (PLAIN, lambda x: x * sigmoid(x), lambda x: sigmoid(x) + x * sigmoid_slope(x)),
    "softplus": (PLAIN, softplus, sigmoid),
    "softsign": (JOINT, lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2),
    "mish": (PLAIN, lambda x: x * np.tanh(softplus(x)), mish_slope),
    "hard_tanh": (uniform(-2.4, 2.4, *SHAPE), lambda x: np.clip(x, -1, 1), lambda x: (np.abs(x) < 1).astype(x.dtype)),
    "absolute": (JOINT, np.abs, np.sign),
    "square": (PLAIN, np.square, lambda x: 2 * x),
    "cubic": (PLAIN, lambda x: x**3 - 2 * x + 1, lambda x: 3 * x**2 - 2),
    "exponential": (PLAIN, np.exp, np.exp),
    "logarithm": (uniform(0.3, 3, *SHAPE), np.log, lambda x: 1 / x),
    "square_root": (uniform(0.3, 3, *SHAPE), np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "reciprocal": (off_zero(3, 4, gap=0.6), lambda x: 1 / x, lambda x: -1 / x**2),
    "logit": (uniform(0.1, 0.9, *SHAPE), lambda x: np.log(x / (1 - x)), lambda x: 1 / (x * (1 - x))),
    "sine_wave": (
        PLAIN,
        lambda x: np.sin(2 * x) * np.exp(-x),
        lambda x: (2 * np.cos(2 * x) - np.sin(2 * x)) * np.exp(-x),
    ),
    "arc_tangent": (PLAIN, np.arctan, lambda x: 1 / (1 + x**2)),
    "arc_cosine": (uniform(-0.8, 0.8, *SHAPE), np.arccos, lambda x: -1 / np.sqrt(1 - x**2)),
    "entropy": (uniform(0.1, 0.9, *SHAPE), lambda x: -x * np.log(x), lambda x: -np.log(x) - 1),
    "error_function": (PLAIN, erf, lambda x: 2 / math.sqrt(math.pi) * np.exp(-(x**2))),
    "log_cosine": (uniform(-1, 1, *SHAPE), lambda x: np.log(np.cos(x)), lambda x: -np.tan(x)),
}
for name, (draw, value, slope) in POINTWISE.items():
    add(RIGHT, Case(name, of_value(value, slope), draw))


@right(off_zero(4, 3), slope=uniform(0.1, 0.4, 3))
def prelu(p: Parameters, x: Array) -> Result:
    """``x`` above zero, ``a x`` below, a learnt slope for each feature."""

    def pullback(u: Array) -> Gradients:
        return u * np.where(x > 0, x.dtype.type(1), p["slope"]), {"slope": (u * np.minimum(x, 0)).sum(axis=0)}

    return np.where(x > 0, x, p["slope"] * x), pullback


@right(normal(3, 4), beta=uniform(0.5, 1.5, 4))
def swish(p: Parameters, x: Array) -> Result:
    """``x sigmoid(b x)``."""
    beta = p["beta"]

    def pullback(u: Array) -> Gradients:
        bend = x * sigmoid_slope(beta * x)
        return u * (sigmoid(beta * x) + beta * bend), {"beta": (u * x * bend).sum(axis=0)}

    return x * sigmoid(beta * x), pullback


@right(normal(3, 4), frequency=uniform(0.5, 1.5, 4))
def snake(p: Parameters, x: Array) -> Result:
    """``x + sin²(f x) / f``."""
    f = p["frequency"]

    def pullback(u: Array) -> Gradients:
        of_frequency = u * (x * np.sin(2 * f * x) / f - np.sin(f * x) ** 2 / f**2)
        return u * (1 + np.sin(2 * f * x)), {"frequency": of_frequency.sum(axis=0)}

    return x + np.sin(f * x) ** 2 / f, pullback


@right(pair(off_zero(3, 4), off_zero(3, 4)))
def angle(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``atan2(y, x)``."""
    y, z = x
    length = y**2 + z**2
    return np.arctan2(y, z), lambda u: ((u * z / length, -u * y / length), {})


@right(pair(normal(3, 4), normal(3, 4)))
def gated(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``a sigmoid(b)``."""
    a, b = x
    return a * sigmoid(b), lambda u: ((u * sigmoid(b), u * a * sigmoid_slope(b)), {})


@right(normal(8), coefficients=normal(4))
def polynomial(p: Parameters, x: Array) -> Result:
    """``Σ c_k xᵏ``."""
    powers = x[:, None] ** np.arange(4)

    def pullback(u: Array) -> Gradients:
        inner = powers[:, :3] @ (p["coefficients"][1:] * np.arange(1, 4, dtype=x.dtype))
        return u * inner, {"coefficients": powers.T @ u}

    return powers @ p["coefficients"], pullback
