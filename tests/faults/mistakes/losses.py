"""Mistakes in losses."""

from __future__ import annotations

import numpy as np

from tests.faults.functions.losses import log_softmax_of
from tests.faults.functions.pointwise import sigmoid
from tests.faults.mistakes.mistake import mistake

MEAN = "BATCH_MEAN SCALE"
TERM = "MISSING_TERM"

mistake("cross_entropy", "mean_forgotten", lambda p, x, u, g: {"input.0": g["input.0"] * 4}, MEAN)
mistake("cross_entropy", "over_classes", lambda p, x, u, g: {"input.0": g["input.0"] * 4 / 3}, "SCALE")
mistake(
    "cross_entropy", "target_not_subtracted", lambda p, x, u, g: {"input.0": u * np.exp(log_softmax_of(x[0])) / 4}, TERM
)
mistake("cross_entropy", "target_minus_probability", lambda p, x, u, g: {"input.0": -g["input.0"]}, "SIGN")
mistake("cross_entropy", "upstream_forgotten", lambda p, x, u, g: {"input.0": g["input.0"] / u}, "UPSTREAM_IGNORED")
mistake(
    "cross_entropy", "smoothed", lambda p, x, u, g: {"input.0": g["input.0"] + u * 0.01 / 4 * (np.eye(3)[x[1]] - 1 / 3)}
)
mistake("cross_entropy", "softmax_twice", lambda p, x, u, g: {"input.0": g["input.0"] * np.exp(log_softmax_of(x[0]))})
mistake(
    "soft_cross_entropy",
    "target_sum_forgotten",
    lambda p, x, u, g: {"input.0": u[:, None] * (np.exp(log_softmax_of(x[0])) - x[1])},
    also="SPARSE_ELEMENTS MISSING_TERM",
)
mistake("soft_cross_entropy", "target_sign", lambda p, x, u, g: {"input.1": -g["input.1"]}, "SIGN")
mistake(
    "soft_cross_entropy",
    "upstream_of_first_row",
    lambda p, x, u, g: {"input.0": g["input.0"] / u[:, None] * u[0]},
    also="SPARSE_ELEMENTS",
)
mistake("soft_cross_entropy", "logits_for_target", lambda p, x, u, g: {"input.1": -u[:, None] * x[0]}, TERM)
mistake("binary_cross_entropy", "logits_for_probabilities", lambda p, x, u, g: {"input.0": u * (x[0] - x[1]) / 8})
mistake("binary_cross_entropy", "over_batch_only", lambda p, x, u, g: {"input.0": g["input.0"] * 2}, "SCALE")
mistake(
    "binary_cross_entropy", "slope_twice", lambda p, x, u, g: {"input.0": g["input.0"] * sigmoid(x[0]) * sigmoid(-x[0])}
)
mistake("mean_squared_error", "two_forgotten", lambda p, x, u, g: {"input.0": g["input.0"] / 2}, "SCALE")
mistake("mean_squared_error", "mean_forgotten", lambda p, x, u, g: {"input.0": g["input.0"] * 12}, "SCALE BATCH_MEAN")
mistake("mean_squared_error", "mean_over_batch", lambda p, x, u, g: {"input.0": g["input.0"] * 3}, "SCALE")
mistake("mean_squared_error", "target_same_sign", lambda p, x, u, g: {"input.1": g["input.0"]}, "SIGN")
mistake("mean_squared_error", "target_constant", lambda p, x, u, g: {"input.1": 0 * x[1]}, "ZERO")
mistake(
    "mean_squared_error", "both_reversed", lambda p, x, u, g: {"input.0": g["input.1"], "input.1": g["input.0"]}, "SIGN"
)
mistake("half_squared_rows", "two_kept", lambda p, x, u, g: {"input.0": 2 * g["input.0"]}, "SCALE")
mistake(
    "half_squared_rows", "upstream_summed", lambda p, x, u, g: {"input.0": u.sum() * (x[0] - x[1])}, "WRONG_AXIS_SUM"
)
mistake(
    "huber",
    "linear_part_forgotten",
    lambda p, x, u, g: {"input.0": u * (x[0] - x[1])},
    "WRONG_DERIVATIVE SPARSE_ELEMENTS",
)
mistake(
    "huber",
    "sign_of_linear_part",
    lambda p, x, u, g: {"input.0": u * np.where(np.abs(x[0] - x[1]) <= 1, x[0] - x[1], 1)},
    "WRONG_DERIVATIVE SPARSE_ELEMENTS",
)
mistake(
    "huber",
    "joint_at_half",
    lambda p, x, u, g: {"input.0": u * np.clip(x[0] - x[1], -0.5, 0.5)},
    "WRONG_DERIVATIVE SPARSE_ELEMENTS",
)
mistake(
    "hinge", "always_active", lambda p, x, u, g: {"input.0": -u * x[1]}, "WRONG_DERIVATIVE SPARSE_ELEMENTS EXTRA_TERM"
)
mistake(
    "hinge",
    "margin_zero",
    lambda p, x, u, g: {"input.0": -u * x[1] * (x[0] * x[1] < 0)},
    "WRONG_DERIVATIVE SPARSE_ELEMENTS",
)
mistake("hinge", "sign", lambda p, x, u, g: {"input.0": -g["input.0"]}, "SIGN")
mistake(
    "multiclass_hinge",
    "target_class_forgotten",
    lambda p, x, u, g: {"input.0": g["input.0"] * (1 - np.eye(3)[x[1]])},
    "MISSING_TERM SPARSE_ELEMENTS",
)
mistake(
    "multiclass_hinge",
    "target_class_once",
    lambda p, x, u, g: {"input.0": np.maximum(g["input.0"] / u[:, None], -1) * u[:, None]},
    "NOT_ACCUMULATED SPARSE_ELEMENTS",
)
mistake("kl_divergence", "one_forgotten", lambda p, x, u, g: {"input.0": u[:, None] * np.log(x[0] / x[1])}, TERM)
mistake("kl_divergence", "second_sign", lambda p, x, u, g: {"input.1": -g["input.1"]}, "SIGN")
mistake("kl_divergence", "reversed", lambda p, x, u, g: {"input.0": u[:, None] * (np.log(x[1] / x[0]) + 1)})
mistake(
    "gaussian_likelihood",
    "normalizer_forgotten",
    lambda p, x, u, g: {"log_variance": g["log_variance"] - u * 4 / 2},
    TERM,
)
mistake("gaussian_likelihood", "half_forgotten", lambda p, x, u, g: {"log_variance": 2 * g["log_variance"]}, "SCALE")
mistake(
    "gaussian_likelihood",
    "precision_forgotten",
    lambda p, x, u, g: {"input.0": u * (x[0] - x[1])},
    also="WRONG_DERIVATIVE",
)
mistake(
    "focal",
    "modulation_as_constant",
    lambda p, x, u, g: {"input": -u * (1 - sigmoid(x)) ** 3},
    "MISSING_TERM WRONG_DERIVATIVE",
)
mistake("focal", "like_cross_entropy", lambda p, x, u, g: {"input": -u * (1 - sigmoid(x))}, "WRONG_DERIVATIVE")
mistake("log_cosh", "like_squares", lambda p, x, u, g: {"input.0": u * (x[0] - x[1])})
mistake("log_cosh", "like_absolute", lambda p, x, u, g: {"input.0": u * np.sign(x[0] - x[1])})
mistake(
    "poisson",
    "target_forgotten",
    lambda p, x, u, g: {"input.0": u * np.exp(x[0])},
    "MISSING_TERM WRONG_DERIVATIVE",
    also="SPARSE_ELEMENTS",
)
mistake("poisson", "rate_as_input", lambda p, x, u, g: {"input.0": u * (x[0] - x[1])}, "WRONG_DERIVATIVE")
mistake(
    "quantile",
    "levels_exchanged",
    lambda p, x, u, g: {"input.0": -u * np.where(x[1] > x[0], p["level"] - 1, p["level"])},
    "WRONG_DERIVATIVE",
)
mistake("quantile", "like_absolute", lambda p, x, u, g: {"input.0": u * np.sign(x[0] - x[1]) / 2}, "WRONG_DERIVATIVE")
mistake(
    "dice",
    "denominator_as_constant",
    lambda p, x, u, g: {"input.0": -2 * u[:, None] * x[1] / (x[0] + x[1]).sum(axis=1, keepdims=True)},
    TERM,
)
mistake("dice", "factor_two_forgotten", lambda p, x, u, g: {"input.1": g["input.1"] / 2}, "SCALE")
mistake(
    "contrastive",
    "diagonal_forgotten",
    lambda p, x, u, g: {"input.0": g["input.0"] + u / 4 * x[1] / p["temperature"]},
    TERM,
)
mistake(
    "contrastive",
    "second_not_transposed",
    lambda p, x, u, g: {
        "input.1": u
        * (np.exp(log_softmax_of(x[0] @ x[1].T / p["temperature"])) - np.eye(4))
        @ x[0]
        / 4
        / p["temperature"]
    },
    also="TRANSPOSED",
)
mistake(
    "contrastive",
    "temperature_not_divided",
    lambda p, x, u, g: {"temperature": g["temperature"] * p["temperature"]},
    "SCALE",
)
mistake("triplet", "anchor_near_only", lambda p, x, u, g: {"input.0": -g["input.1"]}, TERM)
mistake("triplet", "far_sign", lambda p, x, u, g: {"input.2": -g["input.2"]}, "SIGN")
mistake("triplet", "slope_forgotten", lambda p, x, u, g: {"input.1": 2 * u[:, None] * (x[1] - x[0])})
