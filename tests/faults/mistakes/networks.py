"""Mistakes in small networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.functions.losses import log_softmax_of
from tests.faults.functions.pointwise import sigmoid
from tests.faults.mistakes.mistake import mistake

TERM = "MISSING_TERM"


def hidden(p: Any, x: Any) -> Any:
    """The hidden layer of ``mlp_tanh``."""
    return np.tanh(x @ p["weight1"] + p["bias1"])


mistake(
    "mlp_tanh",
    "slope_forgotten",
    lambda p, x, u, g: {"weight1": x.T @ (u @ p["weight2"].T), "bias1": (u @ p["weight2"].T).sum(axis=0)},
)
mistake(
    "mlp_tanh",
    "slope_of_sigmoid",
    lambda p, x, u, g: {"weight1": x.T @ (u @ p["weight2"].T * hidden(p, x) * (1 - hidden(p, x)))},
)
mistake("mlp_tanh", "first_bias_zero", lambda p, x, u, g: {"bias1": 0 * g["bias1"]}, "ZERO")
mistake(
    "mlp_tanh",
    "second_weight_from_preactivation",
    lambda p, x, u, g: {"weight2": (x @ p["weight1"] + p["bias1"]).T @ u},
)
mistake(
    "mlp_tanh",
    "slope_without_bias",
    lambda p, x, u, g: {"bias1": (u @ p["weight2"].T * (1 - np.tanh(x @ p["weight1"]) ** 2)).sum(axis=0)},
)
mistake(
    "mlp_tanh", "first_layer_halved", lambda p, x, u, g: {"weight1": g["weight1"] / 2, "bias1": g["bias1"] / 2}, "SCALE"
)
mistake("mlp_tanh", "bias2_of_last_row", lambda p, x, u, g: {"bias2": u[-1]}, "MISSING_BROADCAST_SUM")
mistake(
    "mlp_classifier",
    "mean_forgotten",
    lambda p, x, u, g: {name: 5 * value for name, value in g.items()},
    "BATCH_MEAN SCALE",
)
mistake(
    "mlp_classifier",
    "mean_twice_in_first_layer",
    lambda p, x, u, g: {"weight1": g["weight1"] / 5, "bias1": g["bias1"] / 5},
    "BATCH_MEAN SCALE",
)
mistake("mlp_classifier", "ascent", lambda p, x, u, g: {name: -value for name, value in g.items()}, "SIGN")
mistake(
    "mlp_classifier",
    "upstream_forgotten",
    lambda p, x, u, g: {name: value / u for name, value in g.items()},
    "UPSTREAM_IGNORED",
)
mistake("mlp_classifier", "relu_slope", lambda p, x, u, g: {"bias1": _relu_slope(p, x, u)})
mistake(
    "mlp_classifier",
    "target_off_in_one_row",
    lambda p, x, u, g: {"bias2": g["bias2"] + u * np.array([0.2, -0.2])},
    "EXTRA_TERM",
)
mistake("dense_relu", "mask_forgotten", lambda p, x, u, g: {"weight": x.T @ u}, "EXTRA_TERM")
mistake(
    "dense_relu", "mask_of_upstream", lambda p, x, u, g: {"bias": (u * (u > 0)).sum(axis=0)}, "NOT_LINEAR_IN_UPSTREAM"
)
mistake("dense_relu", "mask_without_bias", lambda p, x, u, g: {"weight": x.T @ (u * (x @ p["weight"] > 0))})
mistake(
    "ridge_logistic",
    "penalty_forgotten",
    lambda p, x, u, g: {"weight": g["weight"] - u * p["decay"] * p["weight"]},
    TERM,
)
mistake(
    "ridge_logistic",
    "penalty_doubled",
    lambda p, x, u, g: {"weight": g["weight"] + u * p["decay"] * p["weight"]},
    "EXTRA_TERM",
)
mistake(
    "ridge_logistic",
    "penalty_on_bias",
    lambda p, x, u, g: {"bias": g["bias"] + u * p["decay"] * p["bias"]},
    "EXTRA_TERM",
)
mistake(
    "ridge_logistic",
    "penalty_without_upstream",
    lambda p, x, u, g: {"weight": g["weight"] + (1 - u) * p["decay"] * p["weight"]},
    "NOT_LINEAR_IN_UPSTREAM",
    also="EXTRA_TERM MISSING_TERM",
)
mistake(
    "ridge_logistic",
    "penalty_over_batch",
    lambda p, x, u, g: {"weight": g["weight"] - u * p["decay"] * p["weight"] * 5 / 6},
    also=TERM,
)
mistake("residual_block", "skip_forgotten", lambda p, x, u, g: {"input": g["input"] - u}, TERM)
mistake("residual_block", "branch_forgotten", lambda p, x, u, g: {"input": u}, TERM)
mistake("residual_block", "skip_counted_twice", lambda p, x, u, g: {"input": g["input"] + u}, "EXTRA_TERM")
mistake(
    "highway",
    "carry_path_forgotten",
    lambda p, x, u, g: {"input": g["input"] - u * (1 - sigmoid(x @ p["carry"]))},
    TERM,
)
mistake(
    "highway",
    "gate_misses_carry",
    lambda p, x, u, g: {
        "carry": x.T @ (u * np.tanh(x @ p["change"]) * sigmoid(x @ p["carry"]) * sigmoid(-(x @ p["carry"])))
    },
    TERM,
)
mistake("highway", "gates_exchanged", lambda p, x, u, g: {"carry": g["change"], "change": g["carry"]})
mistake("mixture_of_experts", "gate_as_constant", lambda p, x, u, g: {"gate": 0 * g["gate"]}, "ZERO")
mistake(
    "mixture_of_experts",
    "gate_without_centre",
    lambda p, x, u, g: {
        "gate": x.T @ (np.exp(log_softmax_of(x @ p["gate"])) * np.einsum("no,ni,eio->ne", u, x, p["experts"]))
    },
    TERM,
)
mistake(
    "mixture_of_experts",
    "experts_unweighted",
    lambda p, x, u, g: {"experts": np.einsum("no,ni->io", u, x)[None].repeat(2, axis=0)},
)
mistake("mixture_of_experts", "experts_exchanged", lambda p, x, u, g: {"experts": g["experts"][::-1]}, "PERMUTED")
mistake(
    "factorization_machine",
    "own_square_kept",
    lambda p, x, u, g: {"factors": x.T @ (u[:, None] * (x @ p["factors"]))},
    TERM,
)
mistake(
    "factorization_machine", "half_of_pairs", lambda p, x, u, g: {"input": (g["input"] + u[:, None] * p["linear"]) / 2}
)
mistake("radial_basis", "two_forgotten", lambda p, x, u, g: {"centres": g["centres"] / 2}, "SCALE")
mistake("radial_basis", "centre_sign", lambda p, x, u, g: {"centres": -g["centres"]}, "SIGN")
mistake("radial_basis", "width_not_in_chain", lambda p, x, u, g: {"input": g["input"] / p["width"]}, "SCALE")
mistake(
    "tied_autoencoder",
    "decoder_only",
    lambda p, x, u, g: {"weight": g["weight"] - _encoder(p, x, u)},
    "MISSING_TERM NOT_ACCUMULATED",
)
mistake(
    "tied_autoencoder", "encoder_only", lambda p, x, u, g: {"weight": _encoder(p, x, u)}, "MISSING_TERM NOT_ACCUMULATED"
)
mistake("tied_autoencoder", "target_path_forgotten", lambda p, x, u, g: {"input": g["input"] + u * _gap(p, x)}, TERM)


def _gap(p: Any, x: Any) -> Any:
    return np.tanh(x @ p["weight"] + p["inner"]) @ p["weight"].T + p["outer"] - x


def _encoder(p: Any, x: Any, u: Any) -> Any:
    code = np.tanh(x @ p["weight"] + p["inner"])
    return x.T @ ((u * _gap(p, x) @ p["weight"]) * (1 - code**2))


def _relu_slope(p: Any, x: Any, u: Any) -> Any:
    before = x @ p["weight1"] + p["bias1"]
    share = np.exp(log_softmax_of(np.logaddexp(0, before) @ p["weight2"] + p["bias2"]))
    share[np.arange(5), [0, 1, 1, 0, 1]] -= 1
    return ((u * share / 5 @ p["weight2"].T) * (before > 0)).sum(axis=0)
