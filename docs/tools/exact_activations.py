"""The activations and their derivatives to 50 digits, by mpmath, and the points at which they are compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np

from nnframe.arrays import Array

__all__ = ["EXACT", "LIMITS", "compare", "far_points"]

Formula = Callable[[Any], Any]
Case = tuple[str, dict[str, Any], Formula, Formula]

LIMITS = {"float32": 85.0, "float64": 700.0}
"""How far out the points lie."""

with mp.workdps(50):
    _SCALE = mp.mpf("1.0507009873554804934193349852946")
    _FLOOR = _SCALE * mp.mpf("1.6732632423543772848170429916717")
    _TWICE = 2 * mp.sqrt(2 / mp.pi)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def _tanh_argument(x: Any) -> Any:
    return _TWICE * (x + mp.mpf("0.044715") * x**3)


def _normal_cdf(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def _elu(alpha: float, beta: float = 1, scale: float = 1) -> tuple[Formula, Formula]:
    """Value and derivative of scale · (x above 0, alpha (exp(x / beta) - 1) below)."""
    a, b, s = mp.mpf(alpha), mp.mpf(beta), mp.mpf(scale)
    return (
        lambda x: s * (x if x > 0 else a * mp.expm1(x / b)),
        lambda x: s * (mp.mpf(1) if x > 0 else a / b * mp.exp(x / b)),
    )


def _softplus(beta: float) -> tuple[Formula, Formula]:
    b = mp.mpf(beta)
    return lambda x: mp.log1p(mp.exp(b * x)) / b, lambda x: _sigmoid(b * x)


def _mish_gate(x: Any) -> Any:
    return mp.tanh(mp.log1p(mp.exp(x)))


def _ramp(x: Any) -> Any:
    return min(max((x + 3) / 6, mp.mpf(0)), mp.mpf(1))


EXACT: list[Case] = [
    ("sigmoid", {}, _sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x)),
    ("tanh", {}, mp.tanh, lambda x: mp.sech(x) ** 2),
    ("relu", {}, lambda x: max(x, mp.mpf(0)), lambda x: mp.mpf(x > 0)),
    ("leaky_relu", {"slope": 0.25}, lambda x: max(x, x / 4), lambda x: mp.mpf(1) if x > 0 else mp.mpf(1) / 4),
    ("elu", {}, *_elu(1)),
    ("elu", {"alpha": 1.5}, *_elu(1.5)),
    ("celu", {}, *_elu(1)),
    ("celu", {"alpha": 1.3}, *_elu(1.3, 1.3)),
    ("selu", {}, *_elu(_FLOOR / _SCALE, scale=_SCALE)),
    ("exponential", {}, mp.exp, mp.exp),
    ("silu", {}, lambda x: x * _sigmoid(x), lambda x: _sigmoid(x) * (1 + x * _sigmoid(-x))),
    ("mish", {}, lambda x: x * _mish_gate(x), lambda x: _mish_gate(x) + x * (1 - _mish_gate(x) ** 2) * _sigmoid(x)),
    ("softplus", {}, *_softplus(1)),
    ("softplus", {"beta": 0.7}, *_softplus(0.7)),
    ("log_sigmoid", {}, lambda x: -mp.log1p(mp.exp(-x)), lambda x: _sigmoid(-x)),
    ("gelu", {}, lambda x: x * _normal_cdf(x), lambda x: _normal_cdf(x) + x * mp.npdf(x)),
    (
        "gelu",
        {"approximate": True},
        lambda x: x * _sigmoid(_tanh_argument(x)),
        lambda x: (
            _sigmoid(_tanh_argument(x))
            * (1 + x * _sigmoid(-_tanh_argument(x)) * _TWICE * (1 + mp.mpf("0.134145") * x * x))
        ),
    ),
    ("softsign", {}, lambda x: x / (1 + abs(x)), lambda x: (1 + abs(x)) ** -2),
    ("hard_sigmoid", {}, _ramp, lambda x: mp.mpf(abs(x) < 3) / 6),
    ("hard_tanh", {}, lambda x: min(max(x, mp.mpf(-1)), mp.mpf(1)), lambda x: mp.mpf(abs(x) < 1)),
    ("hard_swish", {}, lambda x: x * _ramp(x), lambda x: (2 * x + 3) / 6 if abs(x) < 3 else mp.mpf(x > 0)),
    ("relu6", {}, lambda x: min(max(x, mp.mpf(0)), mp.mpf(6)), lambda x: mp.mpf(0 < x < 6)),
]
"""Name, options, value and derivative, of every activation that treats its elements one by one."""


def far_points(dtype: str, rng: np.random.Generator, count: int) -> Array:
    """Return points between the limits: spread evenly, around 0, around the roots of derivatives, and tiny ones.

    The tiny ones go down to the smallest normal number.
    """
    limit, smallest = LIMITS[dtype], np.log(np.finfo(dtype).tiny)
    tiny = np.exp(rng.uniform(smallest, 0, count)) * rng.choice([-1, 1], count)
    return np.concatenate(
        [rng.uniform(-limit, limit, count), rng.normal(0, 8, count), rng.normal(-1, 0.5, count), tiny]
    ).astype(dtype)


def compare(found: Array, x: Array, formula: Formula) -> tuple[float, float]:
    """Return the largest relative error of an array, and where.

    Points whose exact value is below the smallest normal number are left out, and so are those at which it overflows.
    """
    number, worst = np.finfo(x.dtype), (0.0, 0.0)
    with mp.workdps(50):
        for point, value in zip(x.tolist(), found.tolist(), strict=True):
            exact = formula(mp.mpf(point))
            if number.tiny <= abs(exact) <= number.max:
                error = float(abs(mp.mpf(value) / exact - 1))
                worst = max(worst, (float("inf") if math.isnan(error) else error, point))
    return worst
