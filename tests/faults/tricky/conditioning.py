"""Ill-conditioned functions, long sums, and cancellation."""

from __future__ import annotations

import numpy as np

from tests.faults.case import Gradients, Parameters, Result
from tests.faults.draws import Array, exactly, normal, pair
from tests.faults.functions.pointwise import sigmoid
from tests.faults.tricky.entry import known, tricky


def hilbert(size: int) -> Array:
    """The matrix ``1 / (i + j + 1)``: nearly singular."""
    return np.asarray(1 / (np.arange(size)[:, None] + np.arange(size) + 1))


for size in (3, 4, 5, 6):
    known(f"solve_hilbert_{size}", "solve", x=normal(size, 2), matrix=exactly(hilbert(size)))
known("inverse_hilbert", "inverse", x=exactly(hilbert(4)))
known("inverse_nearly_singular", "inverse", x=exactly([[1.0, 1, 0], [1, 1 + 1e-6, 0], [0, 0, 1]]))
known("log_determinant_hilbert", "log_determinant", x=exactly(hilbert(5)))
known("determinant_nearly_zero", "determinant", x=exactly([[1.0, 2, 3], [4, 5, 6], [7, 8, 9 + 1e-6]]))
known("gaussian_narrow", "gaussian_density", covariance=exactly(np.diag([1e-6, 1.0, 1e6]) + 1e-8))
known("norm_of_long", "norm_total", x=normal(40, 5))
known("log_sum_exp_long", "log_sum_exp", x=normal(1, 300, scale=3))
known("softmax_long", "softmax", x=normal(1, 200, scale=3))
known("batch_norm_nearly_constant", "batch_norm", x=normal(5, 3, scale=1e-3, mean=1.0))
known("deviation_nearly_constant", "deviation", x=normal(4, 3, scale=1e-4, mean=1.0))
known(
    "pairwise_nearly_equal",
    "pairwise_distances",
    x=pair(exactly([[1.0, 1], [0, 0]]), exactly([[1 + 1e-5, 1], [0, 1e-3]])),
)
known("cosine_nearly_parallel", "cosine_similarity", x=pair(exactly([[1.0, 2, 3]]), exactly([[1.0, 2, 3 + 1e-5]])))
known("contrastive_cold", "contrastive", temperature=exactly(0.01))
known("tempered_cold", "tempered_softmax", temperature=exactly(0.02))
known("rnn_steep", "rnn", loop=normal(3, 3, scale=3))
known("mean_of_many", "mean_squared_error", x=pair(normal(12, 20), normal(12, 20)))


def naive_cross_entropy(p: Parameters, x: Array) -> Result:
    """``-mean(t log a + (1 - t) log(1 - a))`` with ``a = sigmoid(x w)``: cancellation where a is near one."""
    target = np.array([1.0, 0.0, 1.0, 0.0])
    a = 1 / (1 + np.exp(-(x @ p["weight"])))

    def pullback(u: Array) -> Gradients:
        of_z = u * (sigmoid(x @ p["weight"]) - target) / 4
        return np.outer(of_z, p["weight"]), {"weight": x.T @ of_z}

    return -(target * np.log(a) + (1 - target) * np.log(1 - a)).mean(), pullback


tricky("naive_cross_entropy", naive_cross_entropy, normal(4, 3), weight=normal(3))
tricky(
    "naive_cross_entropy_certain", naive_cross_entropy, normal(4, 3, scale=4), tolerance=None, weight=normal(3, scale=3)
)


def two_pass_variance(p: Parameters, x: Array) -> Result:
    """``mean x² - (mean x)²``: cancellation."""
    return (x**2).mean() - x.mean() ** 2, lambda u: (u * 2 * (x - x.mean()) / x.size, {})


tricky("naive_variance", two_pass_variance, normal(20, mean=30.0), tolerance=1e-5)
tricky("naive_variance_of_large", two_pass_variance, normal(20, mean=1e4), tolerance=None)


def naive_log_sum_exp(p: Parameters, x: Array) -> Result:
    """``log Σ eˣ`` without the maximum taken out."""
    powers = np.exp(x)
    return np.log(powers.sum(axis=1)), lambda u: (u[:, None] * powers / powers.sum(axis=1, keepdims=True), {})


tricky("naive_log_sum_exp_large", naive_log_sum_exp, normal(2, 4, scale=3, mean=600), tolerance=None)
tricky("naive_log_sum_exp_small", naive_log_sum_exp, normal(2, 4, scale=3, mean=-600), tolerance=None)


def logistic_map(p: Parameters, x: Array) -> Result:
    """Twelve steps of ``x = r x (1 - x)``: chaos, so that small steps grow a thousandfold."""
    rate, states = p["rate"], [x]
    for _ in range(12):
        states.append(rate * states[-1] * (1 - states[-1]))

    def pullback(u: Array) -> Gradients:
        of_rate = np.zeros_like(rate)
        for state in reversed(states[:-1]):
            of_rate = of_rate + (u * state * (1 - state)).sum()
            u = u * rate * (1 - 2 * state)
        return u, {"rate": np.asarray(of_rate)}

    return states[-1], pullback


tricky("logistic_map", logistic_map, exactly([0.2, 0.37]), tolerance=None, rate=exactly(3.9))


def telescoping(p: Parameters, x: Array) -> Result:
    """Ten thousand terms of one sign and as many of the other, the sum of which is small."""
    signs = np.resize([1.0, -1.0], 2000) * 1e3
    return (signs * p["weight"]).sum() + x.sum(), lambda u: (
        np.full_like(x, u),
        {"weight": np.asarray(u * signs.sum())},
    )


tricky("terms_that_cancel", telescoping, normal(3), weight=exactly(0.7))
