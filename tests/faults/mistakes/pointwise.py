"""Wrong derivatives of elementwise functions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tests.faults.draws import Array
from tests.faults.functions.pointwise import bell, cumulative, gelu_tanh_slope, sigmoid, sigmoid_slope, softplus
from tests.faults.mistakes.mistake import mistake

WRONG, TERM, SIDE = "WRONG_DERIVATIVE", "MISSING_TERM WRONG_DERIVATIVE", "WRONG_DERIVATIVE SPARSE_ELEMENTS"

SLOPES: list[tuple[str, str, Callable[[Array], Array], str]] = [
    ("logistic", "of_input", lambda x: x * (1 - x), WRONG),
    ("logistic", "applied_twice", lambda x: sigmoid_slope(sigmoid(x)), WRONG),
    ("logistic", "no_complement", sigmoid, TERM),
    ("logistic", "saturated_at_fifth", lambda x: np.minimum(sigmoid_slope(x), 0.2), SIDE),
    ("tanh", "not_squared", lambda x: 1 - np.tanh(x), WRONG),
    ("tanh", "of_input", lambda x: 1 - x**2, WRONG),
    ("tanh", "like_logistic", lambda x: np.tanh(x) * (1 - np.tanh(x)), WRONG),
    ("tanh", "plus_square", lambda x: 1 + np.tanh(x) ** 2, WRONG),
    ("relu", "lets_through", np.ones_like, f"{SIDE} EXTRA_TERM"),
    ("relu", "other_side", lambda x: (x < 0).astype(x.dtype), WRONG),
    ("relu", "value_for_slope", lambda x: np.maximum(x, 0), WRONG),
    ("relu", "leak_of_thousandth", lambda x: np.where(x > 0, 1, 1e-3), SIDE),
    ("relu", "threshold_at_one", lambda x: (x > 1).astype(x.dtype), SIDE),
    ("leaky_relu", "usual_slope", lambda x: np.where(x > 0, 1, 0.01), SIDE),
    ("leaky_relu", "dead_below", lambda x: (x > 0).astype(x.dtype), SIDE),
    ("leaky_relu", "sides_exchanged", lambda x: np.where(x > 0, 0.125, 1), WRONG),
    ("leaky_relu", "slope_times_input", lambda x: np.where(x > 0, 1, 0.125 * x), SIDE),
    ("elu", "value_below", lambda x: np.where(x > 0, 1, np.expm1(np.minimum(x, 0))), SIDE),
    ("elu", "one_below", np.ones_like, SIDE),
    ("selu", "scale_forgotten_above", lambda x: np.where(x > 0, 1, 1.0507 * 1.67326 * np.exp(x)), SIDE),
    ("selu", "alpha_rounded", lambda x: 1.0507 * np.where(x > 0, 1, 1.67 * np.exp(x)), SIDE),
    ("gelu", "of_approximation", gelu_tanh_slope, WRONG),
    ("gelu", "of_logistic_approximation", lambda x: sigmoid(1.702 * x) + 1.702 * x * sigmoid_slope(1.702 * x), WRONG),
    ("gelu", "density_missing", cumulative, TERM),
    ("gelu", "density_without_constant", lambda x: cumulative(x) + x * np.exp(-(x**2) / 2), WRONG),
    ("gelu_tanh", "constant_off", lambda x: gelu_tanh_slope(x * 1.0001), WRONG),
    ("gelu_tanh", "of_exact_gelu", lambda x: cumulative(x) + x * bell(x), WRONG),
    ("silu", "product_rule_forgotten", sigmoid, TERM),
    ("silu", "second_term_only", lambda x: x * sigmoid_slope(x), TERM),
    ("softplus", "minus", lambda x: sigmoid(-x), WRONG),
    ("softplus", "relu_for_softplus", lambda x: (x > 0).astype(x.dtype), WRONG),
    ("softsign", "not_squared", lambda x: 1 / (1 + np.abs(x)), WRONG),
    ("softsign", "negative_side", lambda x: 1 / (1 + x) ** 2, SIDE),
    ("mish", "inner_slope_forgotten", lambda x: np.tanh(softplus(x)) + x * (1 - np.tanh(softplus(x)) ** 2), WRONG),
    ("mish", "first_term_only", lambda x: np.tanh(softplus(x)), TERM),
    ("hard_tanh", "one_sided", lambda x: (x < 1).astype(x.dtype), f"{SIDE} EXTRA_TERM"),
    ("hard_tanh", "smooth", lambda x: 1 - np.tanh(x) ** 2, WRONG),
    ("absolute", "one", np.ones_like, SIDE),
    ("absolute", "value", np.abs, WRONG),
    ("square", "two_forgotten", lambda x: x, "SCALE"),
    ("square", "constant_two", lambda x: np.full_like(x, 2), WRONG),
    ("cubic", "constant_kept", lambda x: 3 * x**2 - 1, f"{WRONG} EXTRA_TERM"),
    ("cubic", "exponent_kept", lambda x: 3 * x**3 - 2, WRONG),
    ("cubic", "linear_term_forgotten", lambda x: 3 * x**2, TERM),
    ("exponential", "power_rule", lambda x: x * np.exp(x - 1), WRONG),
    ("logarithm", "derivative_twice", lambda x: -1 / x**2, WRONG),
    ("logarithm", "base_ten", lambda x: 1 / (x * math.log(10)), "SCALE"),
    ("logarithm", "guarded", lambda x: 1 / (x + 1e-3), WRONG),
    ("logarithm", "guarded_little", lambda x: 1 / (x + 1e-5), WRONG),
    ("square_root", "half_forgotten", lambda x: 1 / np.sqrt(x), "SCALE"),
    ("square_root", "upside_down", lambda x: np.sqrt(x) / 2, WRONG),
    ("reciprocal", "sign", lambda x: 1 / x**2, "SIGN"),
    ("reciprocal", "not_squared", lambda x: -1 / x, WRONG),
    ("logit", "second_factor_forgotten", lambda x: 1 / x, TERM),
    ("sine_wave", "chain_rule_forgotten", lambda x: (np.cos(2 * x) - np.sin(2 * x)) * np.exp(-x), WRONG),
    ("sine_wave", "product_rule_forgotten", lambda x: 2 * np.cos(2 * x) * np.exp(-x), TERM),
    ("arc_tangent", "root_of_square", lambda x: 1 / np.sqrt(1 + x**2), WRONG),
    ("arc_cosine", "sign", lambda x: 1 / np.sqrt(1 - x**2), "SIGN"),
    ("entropy", "one_forgotten", lambda x: -np.log(x), TERM),
    ("error_function", "constant_of_density", lambda x: np.exp(-(x**2)) / math.sqrt(math.pi), "SCALE"),
    ("log_cosine", "sign", np.tan, "SIGN"),
]
for function, name, slope, causes in SLOPES:
    mistake(function, name, lambda p, x, u, g, slope=slope: {"input": u * slope(x)}, causes, also="WRONG_DERIVATIVE")  # type: ignore[misc]

mistake("prelu", "input_ignores_slope", lambda p, x, u, g: {"input": u * (x > 0)}, SIDE)
mistake("prelu", "slope_of_other_side", lambda p, x, u, g: {"slope": (u * np.maximum(x, 0)).sum(axis=0)})
mistake("prelu", "slope_of_first_row", lambda p, x, u, g: {"slope": (u * np.minimum(x, 0))[0]}, "MISSING_BROADCAST_SUM")
mistake("prelu", "slope_shared", lambda p, x, u, g: {"slope": np.full(3, g["slope"].sum())}, "WRONG_AXIS_SUM")
mistake("prelu", "slope_of_all", lambda p, x, u, g: {"slope": (u * x).sum(axis=0)}, "EXTRA_TERM")
mistake(
    "swish",
    "beta_not_in_chain",
    lambda p, x, u, g: {"input": u * (sigmoid(p["beta"] * x) + x * sigmoid_slope(p["beta"] * x))},
    WRONG,
)
mistake("swish", "beta_without_square", lambda p, x, u, g: {"beta": (u * x * sigmoid_slope(p["beta"] * x)).sum(axis=0)})
mistake(
    "snake",
    "second_term_forgotten",
    lambda p, x, u, g: {"frequency": (u * x * np.sin(2 * p["frequency"] * x) / p["frequency"]).sum(axis=0)},
    "MISSING_TERM",
)
mistake("snake", "single_angle", lambda p, x, u, g: {"input": u * (1 + np.sin(p["frequency"] * x))}, WRONG)
mistake("angle", "arguments_exchanged", lambda p, x, u, g: {"input.0": g["input.1"], "input.1": g["input.0"]}, WRONG)
mistake(
    "angle", "length_not_squared", lambda p, x, u, g: {"input.0": g["input.0"] * np.sqrt(x[0] ** 2 + x[1] ** 2)}, WRONG
)
mistake("gated", "gate_slope_forgotten", lambda p, x, u, g: {"input.1": u * x[0]}, TERM)
mistake("gated", "gate_of_wrong_half", lambda p, x, u, g: {"input.0": u * sigmoid(x[0])}, WRONG)
mistake("polynomial", "powers_off_by_one", lambda p, x, u, g: {"coefficients": (x[:, None] ** np.arange(1, 5)).T @ u})
mistake("polynomial", "powers_reversed", lambda p, x, u, g: {"coefficients": g["coefficients"][::-1]}, "PERMUTED")
mistake(
    "polynomial",
    "exponents_not_multiplied",
    lambda p, x, u, g: {"input": u * (x[:, None] ** np.arange(3) @ p["coefficients"][1:])},
    WRONG,
)
