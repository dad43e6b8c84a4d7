"""Activations in plain NumPy, value and input gradient, with as few walks through memory as we could find.

Each takes x and the upstream gradient, float32 arrays of one shape, and returns y and the input gradient.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Pair: TypeAlias = tuple[Array, Array]


def relu(x: Array, dy: Array) -> Pair:
    return x.clip(0, np.inf), dy * (x > 0)


def sigmoid(x: Array, dy: Array) -> Pair:
    y = _gate(x)
    d = 1 - y
    d *= y
    d *= dy
    return y, d


def _gate(x: Array) -> Array:
    gate = x.clip(-87, np.inf)  # e⁻ˣ would overflow below.
    np.negative(gate, out=gate)
    np.exp(gate, out=gate)
    gate += 1
    gate **= -1
    return gate


def tanh(x: Array, dy: Array) -> Pair:
    y = np.tanh(x)
    d = y * y
    np.subtract(1, d, out=d)
    d *= dy
    return y, d


def _exp_less_one(x: Array) -> Array:
    """eˣ - 1 = 2 t / (1 - t) with t = tanh(x / 2), for x of at most 0: a quarter of the time of ``expm1``."""
    t = np.tanh(x / 2)
    t /= 1 - t
    t += t
    return t


def _log_of_one_plus(e: Array) -> Array:
    """log(1 + e) = log u + (e - (u - 1)) / u with u = 1 + e as it was rounded: a quarter of the time of ``log1p``."""
    u = e + 1
    y = e - (u - 1)
    y /= u
    y += np.log(u, out=u)
    return y


def leaky_relu(x: Array, dy: Array) -> Pair:
    y = np.maximum(x, x * np.float32(0.01))
    d = (x > 0) * np.float32(0.99)
    d += np.float32(0.01)
    d *= dy
    return y, d


def elu(x: Array, dy: Array) -> Pair:
    y = _exp_less_one(x.clip(-np.inf, 0))
    d = y + 1
    d *= dy
    y += x.clip(0, np.inf)
    return y, d


def selu(x: Array, dy: Array) -> Pair:
    scale, alpha = np.float32(1.0507009873554805), np.float32(1.6732632423543772)
    y = _exp_less_one(x.clip(-np.inf, 0))
    y *= scale * alpha
    d = (x <= 0) * (scale * alpha)
    d += y
    above = x.clip(0, np.inf)
    above *= scale
    y += above
    d += (x > 0) * scale
    d *= dy
    return y, d


def relu6(x: Array, dy: Array) -> Pair:
    y = x.clip(0, 6)
    return y, dy * (x == y)


def hard_tanh(x: Array, dy: Array) -> Pair:
    y = x.clip(-1, 1)
    return y, dy * (x == y)


def hard_sigmoid(x: Array, dy: Array) -> Pair:
    y = x / 6
    y += 0.5
    y.clip(0, 1, out=y)
    d = dy * (np.abs(x) < 3)
    d /= 6
    return y, d


def hard_swish(x: Array, dy: Array) -> Pair:
    near = x.clip(-3, 3)
    gate = near + 3
    gate /= 6
    y = x.clip(-3, np.inf)
    y *= gate
    d = near * (x == near)
    d /= 6
    d += gate
    d *= dy
    return y, d


def exponential(x: Array, dy: Array) -> Pair:
    y = np.exp(x)
    return y, dy * y


def silu(x: Array, dy: Array) -> Pair:
    gate = _gate(x)
    y = x * gate
    d = 1 - gate
    d *= y
    d += gate
    d *= dy
    return y, d


def mish(x: Array, dy: Array) -> Pair:
    e = np.exp(x.clip(-87, 20))
    n = e + 2
    n *= e
    below = n + 2
    gate = n / below
    y = x * gate
    d = e + 1
    d *= e
    d /= below
    d /= below
    d *= 4
    d *= x
    d += gate
    d *= dy
    return y, d


def softplus(x: Array, dy: Array) -> Pair:
    e = np.abs(x)
    np.negative(e, out=e)
    np.exp(e, out=e)
    y = _log_of_one_plus(e)
    y += x.clip(0, np.inf)
    d = np.negative(y)
    np.exp(d, out=d)  # σ(x) = 1 - exp(-softplus x)
    np.subtract(1, d, out=d)
    d *= dy
    return y, d


def log_sigmoid(x: Array, dy: Array) -> Pair:
    y, d = softplus(-x, dy)
    return np.negative(y, out=y), d


def softsign(x: Array, dy: Array) -> Pair:
    n = np.abs(x)
    n += 1
    y = x / n
    n *= n
    return y, np.divide(dy, n, out=n)


def gelu(x: Array, dy: Array) -> Pair:
    c = np.float32(2 * math.sqrt(2 / math.pi))
    square = x * x
    u = square * np.float32(-0.044715) * c
    u -= c
    u *= x
    gate = np.exp(u, out=u)
    gate += 1
    np.reciprocal(gate, out=gate)
    y = x * gate
    square *= np.float32(3 * 0.044715) * c
    square += c
    square *= y
    square *= 1 - gate
    square += gate
    square *= dy
    return y, square


def softmax(x: Array, dy: Array) -> Pair:
    y = x - x.max(-1, keepdims=True)
    np.exp(y, out=y)
    y /= (y @ np.ones(y.shape[-1], y.dtype))[..., None]
    d = dy - np.vecdot(dy, y)[..., None]
    d *= y
    return y, d


def log_softmax(x: Array, dy: Array) -> Pair:
    ones = np.ones(x.shape[-1], x.dtype)
    y = x - x.max(-1, keepdims=True)
    e = np.exp(y)
    total = (e @ ones)[..., None]
    y -= np.log(total)
    e *= (dy @ ones)[..., None] / total
    return y, np.subtract(dy, e, out=e)
