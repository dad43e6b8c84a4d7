"""Wrong derivatives of elementwise functions."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.corpus.functions.elementwise import gelu_tanh_slope, normal_cdf, sigmoid
from tests.corpus.handwritten.mistake import mistake

WRONG = "WRONG_DERIVATIVE"
TERM = "MISSING_TERM WRONG_DERIVATIVE"

SLOPES: list[tuple[str, str, Callable[[Any], Any], str, str]] = [
    ("sigmoid", "of_output_not_applied", lambda x: x * (1 - x), WRONG, ""),
    ("sigmoid", "applied_twice", lambda x: sigmoid(sigmoid(x)) * (1 - sigmoid(sigmoid(x))), WRONG, ""),
    ("sigmoid", "without_complement", sigmoid, WRONG, "MISSING_TERM"),
    ("sigmoid", "squared_complement", lambda x: (1 - sigmoid(x)) ** 2, WRONG, ""),
    (
        "sigmoid",
        "capped",
        lambda x: np.minimum(sigmoid(x) * (1 - sigmoid(x)), 0.2),
        "WRONG_DERIVATIVE SPARSE_ELEMENTS",
        "",
    ),
    ("tanh", "without_square", lambda x: 1 - np.tanh(x), WRONG, ""),
    ("tanh", "of_input", lambda x: 1 - x**2, WRONG, ""),
    ("tanh", "plus", lambda x: 1 + np.tanh(x) ** 2, WRONG, ""),
    ("tanh", "like_sigmoid", lambda x: np.tanh(x) * (1 - np.tanh(x)), WRONG, ""),
    ("tanh", "lecun_constants", lambda x: 1.7159 * (1 - np.tanh(2 * x / 3) ** 2), WRONG, ""),
    ("relu", "passes_everything", np.ones_like, WRONG, "SPARSE_ELEMENTS UPSTREAM_IGNORED EXTRA_TERM"),
    ("relu", "wrong_side", lambda x: (x < 0).astype(x.dtype), WRONG, ""),
    ("relu", "of_value", lambda x: np.maximum(x, 0), WRONG, ""),
    ("relu", "small_leak", lambda x: np.where(x > 0, 1, 1e-3), WRONG, "SPARSE_ELEMENTS"),
    ("relu", "threshold_at_half", lambda x: (x > 0.5).astype(x.dtype), WRONG, "SPARSE_ELEMENTS"),
    ("leaky_relu", "other_slope", lambda x: np.where(x > 0, 1, 0.01), WRONG, "SPARSE_ELEMENTS"),
    ("leaky_relu", "slope_as_value", lambda x: np.where(x > 0, 1, 0.1 * x), WRONG, "SPARSE_ELEMENTS"),
    ("leaky_relu", "dead_below", lambda x: (x > 0).astype(x.dtype), WRONG, "SPARSE_ELEMENTS"),
    ("leaky_relu", "sides_swapped", lambda x: np.where(x > 0, 0.1, 1), WRONG, ""),
    ("elu", "expm1_below", lambda x: np.where(x > 0, 1, np.expm1(x)), WRONG, "SPARSE_ELEMENTS"),
    ("elu", "one_below", np.ones_like, WRONG, "SPARSE_ELEMENTS"),
    ("elu", "sign_below", lambda x: np.where(x > 0, 1, -np.exp(x)), WRONG, "SPARSE_ELEMENTS"),
    ("gelu", "approximated", gelu_tanh_slope, WRONG, ""),
    ("gelu", "without_density", normal_cdf, TERM, ""),
    ("gelu", "density_unscaled", lambda x: normal_cdf(x) + x * np.exp(-0.5 * x**2), WRONG, "EXTRA_TERM"),
    ("gelu", "logistic", lambda x: sigmoid(1.702 * x) * (1 + 1.702 * x * (1 - sigmoid(1.702 * x))), WRONG, ""),
    ("gelu_tanh", "without_inner", lambda x: 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))), TERM, ""),
    ("silu", "without_product_rule", sigmoid, TERM, ""),
    ("silu", "second_term_only", lambda x: x * sigmoid(x) * (1 - sigmoid(x)), TERM, ""),
    ("softplus", "sigmoid_of_minus", lambda x: sigmoid(-x), WRONG, ""),
    ("softplus", "one", np.ones_like, WRONG, ""),
    ("softsign", "not_squared", lambda x: 1 / (1 + np.abs(x)), WRONG, ""),
    ("softsign", "without_absolute", lambda x: 1 / (1 + x**2) ** 2, WRONG, ""),
    (
        "trigonometry",
        "chain_rule_forgotten",
        lambda x: np.cos(x) * np.cos(2 * x) - np.sin(x) * np.sin(2 * x),
        WRONG,
        "MISSING_TERM",
    ),
    ("trigonometry", "sign_of_cosine", lambda x: np.cos(x) * np.cos(2 * x) + 2 * np.sin(x) * np.sin(2 * x), WRONG, ""),
    ("polynomial", "constant_kept", lambda x: 3 * x**2 - 4 * x + 0.5, WRONG, "EXTRA_TERM"),
    ("polynomial", "exponent_kept", lambda x: 3 * x**3 - 4 * x**2, WRONG, ""),
    ("log_root", "first_term_only", lambda x: np.sqrt(x) / x, TERM, ""),
    ("log_root", "factor_of_root", lambda x: np.sqrt(x) / x + np.log(x) / np.sqrt(x), WRONG, "EXTRA_TERM"),
    ("reciprocal", "not_squared", lambda x: -1 / x, WRONG, ""),
    ("reciprocal", "clipped_denominator", lambda x: -1 / np.maximum(x, 1.0) ** 2, WRONG, "SPARSE_ELEMENTS"),
    ("exponential", "power_rule", lambda x: x * np.exp(x), WRONG, ""),
    ("absolute", "one", np.ones_like, WRONG, "SPARSE_ELEMENTS"),
    ("absolute", "identity", lambda x: x, WRONG, ""),
    (
        "mish",
        "softplus_slope_forgotten",
        lambda x: np.tanh(np.logaddexp(0, x)) + x * (1 - np.tanh(np.logaddexp(0, x)) ** 2),
        WRONG,
        "EXTRA_TERM",
    ),
    ("hard_sigmoid", "other_slope", lambda x: np.full_like(x, 0.2), WRONG + " SCALE", ""),
]


def sloped(slope: Callable[[Any], Any], p: Any, x: Any, u: Any, g: Any) -> dict[str, Any]:
    """The upstream times a slope."""
    return {"input": u * slope(x)}


for case_name, name, slope, causes, also in SLOPES:
    mistake(case_name, name, functools.partial(sloped, slope), causes, also=also)

mistake("prelu", "slope_as_input", lambda p, x, u, g: {"input": u * (x > 0)}, WRONG, also="SPARSE_ELEMENTS")
mistake("prelu", "positive_side", lambda p, x, u, g: {"slope": (u * np.maximum(x, 0)).sum(axis=0)})
mistake("prelu", "first_row", lambda p, x, u, g: {"slope": (u * np.minimum(x, 0))[0]}, "MISSING_BROADCAST_SUM")
mistake("prelu", "one_shared_slope", lambda p, x, u, g: {"slope": np.full(3, g["slope"].sum())}, "WRONG_AXIS_SUM")
mistake("prelu", "mean_over_batch", lambda p, x, u, g: {"slope": g["slope"] / 4}, "BATCH_MEAN SCALE")
mistake(
    "swish",
    "beta_not_in_chain",
    lambda p, x, u, g: {
        "input": u * (sigmoid(p["beta"] * x) + x * sigmoid(p["beta"] * x) * (1 - sigmoid(p["beta"] * x)))
    },
)
mistake(
    "swish",
    "beta_without_square",
    lambda p, x, u, g: {"beta": (u * x * sigmoid(p["beta"] * x) * (1 - sigmoid(p["beta"] * x))).sum(axis=0)},
)
mistake("power", "natural_logarithm_base_two", lambda p, x, u, g: {"exponent": g["exponent"] / np.log(2)}, "SCALE")
mistake("power", "logarithm_forgotten", lambda p, x, u, g: {"exponent": np.asarray((u * x ** p["exponent"]).sum())})
mistake("power", "exponent_not_lowered", lambda p, x, u, g: {"input": u * p["exponent"] * x ** p["exponent"]}, WRONG)
mistake("division", "sign_of_divisor", lambda p, x, u, g: {"divisor": -g["divisor"]}, "SIGN")
mistake("division", "divisor_not_squared", lambda p, x, u, g: {"divisor": g["divisor"] * p["divisor"]})
mistake(
    "division",
    "offset_divided_twice",
    lambda p, x, u, g: {"offset": (u / p["divisor"] ** 2).sum(axis=1, keepdims=True)},
)
mistake("division", "input_not_divided", lambda p, x, u, g: {"input": u.copy()}, also="WRONG_DERIVATIVE")
mistake(
    "snake",
    "second_term_forgotten",
    lambda p, x, u, g: {"frequency": (u * x * np.sin(2 * p["frequency"] * x) / p["frequency"]).sum(axis=0)},
    also="MISSING_TERM",
)
mistake(
    "snake", "half_angle", lambda p, x, u, g: {"input": u * (1 + np.sin(p["frequency"] * x))}, also="WRONG_DERIVATIVE"
)
mistake(
    "polynomial_weights",
    "powers_off_by_one",
    lambda p, x, u, g: {"coefficients": (x[:, None] ** np.arange(1, 5)).T @ u},
)
mistake(
    "polynomial_weights",
    "last_power_missing",
    lambda p, x, u, g: {"input": u * (x[:, None] ** np.arange(2) @ (p["coefficients"][1:3] * np.arange(1, 3)))},
    also="WRONG_DERIVATIVE MISSING_TERM",
)
