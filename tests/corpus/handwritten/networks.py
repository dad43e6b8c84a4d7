"""Mistakes in small networks: wiring, order, and what belongs to which layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.functions.elementwise import sigmoid
from tests.corpus.handwritten.mistake import mistake

TERM = "MISSING_TERM"


def through(p: Any, x: Any, u: Any, slope: Any, weight: Any) -> dict[str, Any]:
    """What reaches the first layer, with this slope and this second weight."""
    inner = (u @ weight.T) * slope
    return {"weight1": x.T @ inner, "bias1": inner.sum(axis=0), "input": inner @ p["weight1"].T}


def hidden(p: Any, x: Any, activation: Any = np.tanh) -> Any:
    """The hidden layer."""
    return activation(x @ p["weight1"] + p["bias1"])


mistake("mlp_tanh", "slope_forgotten", lambda p, x, u, g: through(p, x, u, 1, p["weight2"]))
mistake(
    "mlp_tanh", "slope_of_sigmoid", lambda p, x, u, g: through(p, x, u, hidden(p, x) * (1 - hidden(p, x)), p["weight2"])
)
mistake(
    "mlp_tanh",
    "slope_of_preactivation",
    lambda p, x, u, g: through(p, x, u, 1 - np.tanh(hidden(p, x)) ** 2, p["weight2"]),
)
mistake(
    "mlp_tanh",
    "second_weight_already_updated",
    lambda p, x, u, g: through(p, x, u, 1 - hidden(p, x) ** 2, p["weight2"] - 0.1 * g["weight2"]),
    also="STALE NOT_LINEAR_IN_UPSTREAM",
)
mistake("mlp_tanh", "hidden_before_activation", lambda p, x, u, g: {"weight2": (x @ p["weight1"] + p["bias1"]).T @ u})
mistake("mlp_tanh", "biases_forgotten", lambda p, x, u, g: {"bias1": np.zeros(5), "bias2": np.zeros(2)}, "ZERO")
mistake("mlp_tanh", "everything_negative", lambda p, x, u, g: {path: -value for path, value in g.items()}, "SIGN")
mistake("mlp_tanh", "everything_mean", lambda p, x, u, g: {name: g[name] / 4 for name in p}, "BATCH_MEAN SCALE")
mistake(
    "mlp_tanh",
    "dropout_mask_not_applied",
    lambda p, x, u, g: {"weight1": g["weight1"] * np.array([1, 1, 2, 1, 1.0])},
    "SPARSE_ELEMENTS",
)
mistake(
    "mlp_relu",
    "mask_forgotten",
    lambda p, x, u, g: through(p, x, u, 1, p["weight2"]),
    also="SPARSE_ELEMENTS EXTRA_TERM",
)
mistake(
    "mlp_relu",
    "mask_of_upstream",
    lambda p, x, u, g: through(p, x, u, (u @ p["weight2"].T) > 0, p["weight2"]),
    "NOT_LINEAR_IN_UPSTREAM",
)
mistake(
    "mlp_relu",
    "guided",
    lambda p, x, u, g: through(p, x, u, ((u @ p["weight2"].T) > 0) & (hidden(p, x) > 0), p["weight2"]),
    "NOT_LINEAR_IN_UPSTREAM",
)
mistake("mlp_relu", "first_sample_mask", lambda p, x, u, g: through(p, x, u, (hidden(p, x) > 0)[0], p["weight2"]))
mistake(
    "mlp_sigmoid_mse",
    "factor_two",
    lambda p, x, u, g: {path: value / 2 for path, value in g.items()},
    "SCALE BATCH_MEAN",
)
mistake(
    "mlp_sigmoid_mse",
    "output_gradient_sign",
    lambda p, x, u, g: {path: -value for path, value in g.items() if path != "input.1"},
    "SIGN",
)
mistake("mlp_sigmoid_mse", "slope_twice_on_bias", lambda p, x, u, g: {"bias1": g["bias1"] * 0.25}, "SCALE BATCH_MEAN")
mistake("mlp_sigmoid_mse", "gradient_of_input_dropped", lambda p, x, u, g: {"input.0": np.zeros((4, 3))}, "ZERO")
mistake(
    "mlp_cross_entropy",
    "mean_forgotten",
    lambda p, x, u, g: {path: value * 4 for path, value in g.items()},
    "BATCH_MEAN SCALE",
)
mistake(
    "mlp_cross_entropy",
    "first_class_only",
    lambda p, x, u, g: {"bias2": g["bias2"] * np.array([1.0, 0])},
    "SPARSE_ELEMENTS",
)
mistake(
    "mlp_cross_entropy",
    "upstream_dropped",
    lambda p, x, u, g: {path: value / u for path, value in g.items()},
    "UPSTREAM_IGNORED",
    also="NOT_LINEAR_IN_UPSTREAM",
)
mistake(
    "logistic_regression",
    "decay_forgotten",
    lambda p, x, u, g: {"weight": g["weight"] - u * p["decay"] * p["weight"]},
    TERM,
)
mistake(
    "logistic_regression",
    "decay_doubled",
    lambda p, x, u, g: {"weight": g["weight"] + u * p["decay"] * p["weight"]},
    "EXTRA_TERM",
    also=TERM,
)
mistake(
    "logistic_regression",
    "decay_on_bias",
    lambda p, x, u, g: {"bias": g["bias"] + u * p["decay"] * p["bias"]},
    "EXTRA_TERM",
    also="SCALE",
)
mistake(
    "logistic_regression",
    "decay_not_scaled_by_upstream",
    lambda p, x, u, g: {"weight": g["weight"] + (1 - u) * p["decay"] * p["weight"]},
    "NOT_LINEAR_IN_UPSTREAM EXTRA_TERM",
)
mistake("logistic_regression", "mean_forgotten", lambda p, x, u, g: {"bias": 6 * g["bias"]}, "BATCH_MEAN SCALE")
mistake("residual_block", "shortcut_forgotten", lambda p, x, u, g: {"input": g["input"] - u}, TERM)
mistake("residual_block", "shortcut_only", lambda p, x, u, g: {"input": u.copy()}, TERM)
mistake("residual_block", "shortcut_twice", lambda p, x, u, g: {"input": g["input"] + u}, "EXTRA_TERM")
mistake(
    "residual_block", "weights_through_shortcut", lambda p, x, u, g: {"weight1": g["weight1"] * 2}, "SCALE BATCH_MEAN"
)
mistake(
    "gated_unit",
    "gate_path_forgotten",
    lambda p, x, u, g: {"input": (u * sigmoid(x @ p["gate"] + p["bias"])) @ p["value"].T},
    also="MISSING_TERM",
)
mistake("gated_unit", "gate_slope_forgotten", lambda p, x, u, g: {"gate": x.T @ (u * (x @ p["value"]))})
mistake("gated_unit", "roles_swapped", lambda p, x, u, g: {"value": g["gate"], "gate": g["value"]})
mistake(
    "factorization_machine",
    "squares_forgotten",
    lambda p, x, u, g: {"factors": (u[:, None] * x).T @ (x @ p["factors"])},
    also="MISSING_TERM",
)
mistake(
    "factorization_machine",
    "linear_forgotten",
    lambda p, x, u, g: {"input": g["input"] - u[:, None] * p["linear"]},
    TERM,
)
mistake(
    "reparameterized",
    "noise_forgotten",
    lambda p, x, u, g: {"log_scale": g["log_scale"] - (u[:, :3] * x * np.exp(p["log_scale"])).sum(axis=0)},
    TERM,
    also="NOT_ACCUMULATED",
)
mistake(
    "reparameterized",
    "exponential_forgotten",
    lambda p, x, u, g: {"log_scale": g["log_scale"] / np.exp(p["log_scale"])},
)
mistake("reparameterized", "divergence_forgotten", lambda p, x, u, g: {"mean": u[:, :3].sum(axis=0)}, TERM)
