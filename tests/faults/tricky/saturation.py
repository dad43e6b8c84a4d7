"""Saturated, dead and truly zero gradients."""

from __future__ import annotations

import numpy as np

from tests.faults.case import Gradients, Parameters, Result
from tests.faults.draws import Array, exactly, normal, pair
from tests.faults.functions.pointwise import sigmoid
from tests.faults.tricky.entry import curve, known, tricky

FAR = {
    "logistic": [-745.0, -300.0, -40.0, -15.0, 12.0, 20.0, 37.0, 40.0],
    "tanh": [-30.0, -19.0, -15.0, -9.0, 9.0, 18.0, 0.5],
    "softplus": [-700.0, -50.0, 50.0, 800.0],
    "silu": [-100.0, -30.0, 40.0],
    "gelu": [-38.0, -8.0, 6.0, 30.0],
    "elu": [-40.0, -20.0, 30.0],
    "relu": [-1.0, -2.0, -5.0],
    "hard_tanh": [-4.0, 4.0, 2.0],
    "exponential": [-700.0, -100.0, 30.0, 200.0],
    "error_function": [-6.0, 5.0, 3.0],
    "arc_tangent": [1e8, -1e4, 1e12],
    "softsign": [1e6, -1e10],
}
for name, values in FAR.items():
    known(f"{name}_far", name, x=exactly(values))
    if name in ("logistic", "tanh", "softplus", "gelu", "relu"):
        known(f"{name}_far_alone", name, checked=False, x=exactly(values[:1]))

curve(
    "logistic_naive",
    lambda x: 1 / (1 + np.exp(-x)),
    lambda x: sigmoid(x) * sigmoid(-x),
    [30.0, 36.0, -20.0],
    tolerance=None,
)
curve("flat_at_stationary_points", np.cos, lambda x: -np.sin(x), [0.0, np.pi, 2.0])
curve("fourth_power_at_zero", lambda x: x**4, lambda x: 4 * x**3, [0.0, 1e-3, 1.0])
curve("twentieth_power", lambda x: x**20, lambda x: 20 * x**19, [0.0, 0.1, 1.0, 3.0], tolerance=1e-4)
curve(
    "bump_of_no_derivatives",
    lambda x: np.exp(-1 / x**2),
    lambda x: 2 / x**3 * np.exp(-1 / x**2),
    [0.04, 0.1, 0.5],
    tolerance=None,
)
curve("constant", np.ones_like, np.zeros_like, [1.0, -2.0])
curve("times_zero", lambda x: 0 * x, np.zeros_like, [1.0, -2.0, 0.0])
known("squares_at_minimum", "mean_squared_error", x=pair(exactly([1.0, 2, 3]), exactly([1.0, 2, 3])))
known("squares_near_minimum", "mean_squared_error", x=pair(exactly([1.0, 2, 3]), exactly([1 + 1e-7, 2 - 1e-8, 3])))
known(
    "cross_entropy_certain",
    "cross_entropy",
    x=pair(exactly([[40.0, 0, 0], [0, 30, 0], [0, 0, 20], [9, 0, 0]]), exactly([0, 1, 2, 0], np.int64)),
)
known(
    "cross_entropy_certainly_wrong",
    "cross_entropy",
    x=pair(exactly([[40.0, 0, 0], [0, 30, 0], [0, 0, 20], [900, 0, 0]]), exactly([1, 2, 0, 1], np.int64)),
)
known("softmax_one_hot", "softmax", x=exactly([[50.0, 0, -50], [1000, 0, 999]]))
known("attention_sharp", "attention", x=pair(normal(1, 2, 4, scale=8), normal(1, 3, 4, scale=8), normal(1, 3, 2)))
known("mlp_saturated", "mlp_tanh", weight1=normal(3, 4, scale=10))
known("mlp_dead", "mlp_classifier", checked=False, bias1=exactly([-50.0, -80, -30, -60]))
known("dense_relu_dead", "dense_relu", bias=exactly([-100.0, -100]))
known("weights_all_zero", "mlp_tanh", weight1=exactly(np.zeros((3, 4))), weight2=exactly(np.zeros((4, 2))))
known("covariance_of_constant", "covariance", x=exactly(np.ones((5, 3))))
known("cosine_of_parallel", "cosine_similarity", x=pair(exactly([[1.0, 2, 3]]), exactly([[3.0, 6, 9]])))
known("batch_norm_of_equal_rows", "batch_norm", x=exactly(np.full((5, 3), 2.0)))


def unused(p: Parameters, x: Array) -> Result:
    """One parameter is not used, another is multiplied by zero, one only where nothing depends on it."""

    def pullback(u: Array) -> Gradients:
        zeros = {name: np.zeros_like(p[name]) for name in ("idle", "muted", "hidden")}
        return u * p["scale"], {"scale": (u * x).sum(axis=0), **zeros}

    return x * p["scale"] + 0 * p["muted"] + np.where(x > 100, p["hidden"], 0), pullback


tricky("parameters_not_used", unused, normal(4, 2), scale=normal(2), idle=normal(3), muted=normal(2), hidden=normal(2))


def deep(p: Parameters, x: Array) -> Result:
    """Forty layers of tanh with one weight each."""
    states = [x]
    for weight in p["weights"]:
        states.append(np.tanh(weight * states[-1]))

    def pullback(u: Array) -> Gradients:
        of_weights = np.zeros_like(p["weights"])
        for layer in reversed(range(len(p["weights"]))):
            inner = u * (1 - states[layer + 1] ** 2)
            of_weights[layer] = (inner * states[layer]).sum()
            u = inner * p["weights"][layer]
        return u, {"weights": of_weights}

    return states[-1], pullback


tricky("forty_layers_vanishing", deep, normal(3), tolerance=None, weights=exactly(np.full(40, 0.4)))
tricky("forty_layers_alive", deep, normal(3), tolerance=None, weights=exactly(np.full(40, 1.2)))
