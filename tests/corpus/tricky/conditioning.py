"""Oscillation, cancellation, ill-conditioned systems and large sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import RIGHT, Gradients, Result, tricky
from tests.corpus.data import fixed, normal
from tests.corpus.functions.elementwise import elementwise, sigmoid


def wave(frequency: float) -> Any:
    """A sine."""
    return elementwise(lambda x: np.sin(frequency * x), lambda x: frequency * np.cos(frequency * x))


WAVES = {
    "sine_ten_thousand": ([0.1, 1.3, -0.7], 1e4),
    "sine_hundred": ([0.1, 1.3, -0.7, 5.0], 1e2),
    "sine_million": ([0.01, 0.3], 1e6),
}
for name, (values, frequency) in WAVES.items():
    tricky(name, wave(frequency), fixed(values))

CURVES: dict[str, tuple[list[float], Any, Any]] = {
    "slow_plus_fast": ([0.3, 1.1], lambda x: x + 1e-4 * np.sin(1e4 * x), lambda x: 1 + np.cos(1e4 * x)),
    "narrow_bell": (
        [1e-3, -2e-3, 1.0],
        lambda x: np.exp(-((x / 1e-3) ** 2)),
        lambda x: -2 * x / 1e-6 * np.exp(-((x / 1e-3) ** 2)),
    ),
    "steep_step": ([0.01, -0.02, 0.5], lambda x: np.tanh(100 * x), lambda x: 100 * (1 - np.tanh(100 * x) ** 2)),
    "very_steep_step": ([1e-5, -3e-5, 0.5], lambda x: np.tanh(1e5 * x), lambda x: 1e5 * (1 - np.tanh(1e5 * x) ** 2)),
    "log_one_minus": ([1 - 1e-8, 1 - 1e-5, 0.3], lambda x: -np.log(1 - x), lambda x: 1 / (1 - x)),
    "log_one_minus_sigmoid": ([15.0, 5.0, 20.0], lambda x: -np.log(1 - sigmoid(x)), sigmoid),
    "cosine_minus_one": ([1e-3, 0.1], lambda x: 1 - np.cos(x), np.sin),
    "exponential_minus_one": ([1e-6, 1e-2], lambda x: np.exp(x) - 1, np.exp),
    "difference_of_roots": (
        [1e8, 1e4],
        lambda x: np.sqrt(x + 1) - np.sqrt(x),
        lambda x: -0.5 / (np.sqrt(x) * np.sqrt(x + 1) * (np.sqrt(x) + np.sqrt(x + 1))),
    ),
    "expanded_polynomial": (
        [1.01, 0.98, 1.2],
        lambda x: x**5 - 5 * x**4 + 10 * x**3 - 10 * x**2 + 5 * x - 1,
        lambda x: 5 * (x - 1) ** 4,
    ),
    "sine_of_large": ([1e6 + 0.3, 1e8], np.sin, np.cos),
    "sine_of_inverse": ([0.01, 0.003], lambda x: np.sin(1 / x), lambda x: -np.cos(1 / x) / x**2),
    "runge": ([0.02, 0.2, 1.0], lambda x: 1 / (1 + 2500 * x**2), lambda x: -5000 * x / (1 + 2500 * x**2) ** 2),
    "double_exponential": ([1.0, 2.0, 3.0], lambda x: np.exp(np.exp(x)), lambda x: np.exp(x + np.exp(x))),
    "bce_unstable": (
        [12.0, -12.0, 1.0],
        lambda x: -np.log(sigmoid(x)) - np.log(1 - sigmoid(x)),
        lambda x: 2 * sigmoid(x) - 1,
    ),
}
for name, (values, value, slope) in CURVES.items():
    tricky(name, elementwise(value, slope), fixed(values))


def hilbert(size: int) -> Any:
    """The classic ill-conditioned matrix."""
    rows = np.arange(size)
    return 1.0 / (rows[:, None] + rows + 1)


tricky("solve_hilbert_4", RIGHT["solve"].function, fixed([[1.0], [2], [3], [4]]), matrix=fixed(hilbert(4)))
tricky("solve_hilbert_6", RIGHT["solve"].function, fixed(np.ones((6, 1))), matrix=fixed(hilbert(6)))
tricky("inverse_hilbert_4", RIGHT["inverse"].function, fixed(hilbert(4)))
tricky("logdet_hilbert_5", RIGHT["logdet"].function, fixed(hilbert(5)))
tricky("logdet_nearly_singular", RIGHT["logdet"].function, fixed([[1.0, 1.0], [1.0, 1 + 1e-7]]))
tricky("determinant_tiny", RIGHT["determinant"].function, fixed(hilbert(4)), scale=fixed(2.0))
tricky(
    "eigenvalues_close", RIGHT["symmetric_eigenvalues"].function, fixed([[1.0, 1e-4, 0], [1e-4, 1.0, 0], [0, 0, 2.0]])
)
tricky("variance_of_large", RIGHT["variance"].function, normal(6, 2, mean=1e4))
tricky("variance_of_very_large", RIGHT["variance"].function, normal(6, 2, mean=1e7))
tricky(
    "batch_norm_nearly_constant",
    RIGHT["batch_norm"].function,
    normal(5, 2, mean=3.0, scale=1e-4),
    scale=normal(2),
    shift=normal(2),
)
tricky(
    "batch_norm_constant", RIGHT["batch_norm"].function, fixed(np.full((4, 2), 0.7)), scale=normal(2), shift=normal(2)
)
tricky("batch_norm_of_one", RIGHT["batch_norm"].function, normal(1, 3), scale=normal(3), shift=normal(3))
tricky("batch_norm_large_mean", RIGHT["batch_norm"].function, normal(5, 2, mean=1e5), scale=normal(2), shift=normal(2))
tricky("layer_norm_of_two", RIGHT["layer_norm"].function, normal(4, 2), scale=normal(2), shift=normal(2))
tricky("logsumexp_cold", RIGHT["logsumexp"].function, normal(3, 4), temperature=fixed(1e-2))
tricky("logsumexp_hot", RIGHT["logsumexp"].function, normal(3, 4), temperature=fixed(1e4))


def long_sum(p: Any, x: Any) -> Result:
    """Sums of very many products, of which the parameter is a factor."""
    grid = np.cos(np.arange(100_000.0))
    total, squares = float(grid.sum()), float((grid**2).sum())

    def pullback(upstream: Any) -> Gradients:
        of_scale = upstream * (total + 2 * p["scale"] * x * squares)
        return upstream * p["scale"] ** 2 * squares, {"scale": np.asarray(of_scale.sum())}

    return (p["scale"] * grid).sum() + (p["scale"] ** 2 * x[:, None] * grid**2).sum(axis=1), pullback


tricky("long_sum", long_sum, fixed([0.5, 2.0]), scale=fixed(0.3))


def large_sum_of_inputs(p: Any, x: Any) -> Result:
    """``Σ x + s Σ x²`` over ten thousand numbers in one output."""

    def pullback(upstream: Any) -> Gradients:
        return None, {
            "scale": np.asarray(upstream * (p["data"] ** 2).sum()),
            "data": upstream * (1 + 2 * p["scale"] * p["data"]),
        }

    return p["data"].sum() + p["scale"] * (p["data"] ** 2).sum(), pullback


tricky("sum_of_two_thousand", large_sum_of_inputs, fixed(np.array([1])), scale=fixed(0.1), data=normal(2000))
