"""Edges of domains: a step must not leave them, and slopes change fast."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.corpus.case import RIGHT, Gradients, Result, tricky
from tests.corpus.data import fixed, normal
from tests.corpus.functions.elementwise import elementwise

EDGES: dict[str, tuple[list[float], Any, Any]] = {
    "log_near_zero": ([1e-3, 1e-8, 1e-12], np.log, lambda x: 1 / x),
    "log_of_tiny": ([1e-100, 1e-250, 2.0], np.log, lambda x: 1 / x),
    "sqrt_near_zero": ([1e-4, 1e-8, 1e-12], np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "sqrt_of_tiny": ([1e-200, 1.0], np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "log1p_near_minus_one": ([-1 + 1e-4, -1 + 1e-8, -1 + 1e-10], np.log1p, lambda x: 1 / (1 + x)),
    "reciprocal_near_zero": ([1e-6, -1e-6, 1e-3], lambda x: 1 / x, lambda x: -1 / x**2),
    "reciprocal_square_near_zero": ([1e-5, 0.5], lambda x: x**-2.0, lambda x: -2 * x**-3.0),
    "arcsin_near_one": ([1 - 1e-6, -1 + 1e-9, 0.3], np.arcsin, lambda x: 1 / np.sqrt((1 - x) * (1 + x))),
    "arctanh_near_one": ([1 - 1e-6, -1 + 1e-8, 0.1], np.arctanh, lambda x: 1 / ((1 - x) * (1 + x))),
    "arccosh_near_one": ([1 + 1e-6, 1.5], np.arccosh, lambda x: 1 / np.sqrt((x - 1) * (x + 1))),
    "x_log_x": ([1e-9, 1e-3, 1.0], lambda x: x * np.log(x), lambda x: np.log(x) + 1),
    "tan_near_pole": ([math.pi / 2 - 1e-4, -math.pi / 2 + 1e-5, 0.2], np.tan, lambda x: 1 / np.cos(x) ** 2),
    "power_small_base": ([1e-6, 1e-3, 2.0], lambda x: x**0.3, lambda x: 0.3 * x**-0.7),
    "log_log": ([1 + 1e-5, 2.0], lambda x: np.log(np.log(x)), lambda x: 1 / (x * np.log(x))),
    "logit": ([1e-7, 0.5, 1 - 1e-7], lambda x: np.log(x / (1 - x)), lambda x: 1 / (x * (1 - x))),
    "entropy_near_edges": (
        [1e-8, 0.5, 1 - 1e-8],
        lambda x: -x * np.log(x) - (1 - x) * np.log1p(-x),
        lambda x: np.log1p(-x) - np.log(x),
    ),
    "essential_singularity": ([0.05, 0.2, 1.0], lambda x: np.exp(-1 / x), lambda x: np.exp(-1 / x) / x**2),
}
for name, (values, value, slope) in EDGES.items():
    tricky(name, elementwise(value, slope), fixed(values))


def raising_log(p: Any, x: Any) -> Result:
    """A logarithm that raises outside its domain."""
    total = [math.log(number) for number in x.tolist()]
    return p["scale"] * np.array(total), lambda upstream: (
        upstream * p["scale"] / x,
        {"scale": np.asarray((upstream * total).sum())},
    )


tricky("log_that_raises", raising_log, fixed([1e-9, 1e-3, 2.0]), scale=fixed(1.5))


def checked_probability(p: Any, x: Any) -> Result:
    """Likelihood of a coin, which refuses what is no probability."""
    q = p["probability"]
    if not 0 < q < 1:
        raise ValueError(f"expected a probability, got {q}")
    heads, tails = x.sum(), (1 - x).sum()

    def pullback(upstream: Any) -> Gradients:
        return upstream * np.full_like(x, np.log(q) - np.log1p(-q)), {
            "probability": np.asarray(upstream * (heads / q - tails / (1 - q)))
        }

    return heads * np.log(q) + tails * np.log1p(-q), pullback


tricky("coin_nearly_certain", checked_probability, fixed([1.0, 1, 0, 1]), probability=fixed(1 - 1e-6))
tricky("coin_nearly_impossible", checked_probability, fixed([0.0, 1, 0, 0]), probability=fixed(1e-9))
tricky("division_by_small", RIGHT["division"].function, normal(3, 2), divisor=fixed([1e-6, 3.0]), offset=normal(3, 1))
tricky("power_of_small_base", RIGHT["power"].function, fixed([1e-8, 1e-2, 1.0]), exponent=fixed(0.5))
tricky(
    "kl_small_probability",
    RIGHT["kl_divergence"].function,
    lambda rng: (np.array([[1e-9, 1 - 1e-9]]), np.array([[1e-7, 1 - 1e-7]])),
)
tricky(
    "gaussian_tiny_variance",
    RIGHT["gaussian_nll"].function,
    fixed([[1.0], [1.001]]),
    mean=fixed([1.0005]),
    log_variance=fixed([-15.0]),
)
