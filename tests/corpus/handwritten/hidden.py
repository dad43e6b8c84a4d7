"""Mistakes that do not show where they are checked: zeros, one sample, unique indices, symmetry, identity."""

from __future__ import annotations

import numpy as np

from tests.corpus.data import fixed, normal, tuples
from tests.corpus.functions.elementwise import sigmoid
from tests.corpus.handwritten.mistake import mistake
from tests.corpus.handwritten.sequences import overwriting

UNIQUE = fixed(np.array([[1, 2, 3], [0, 4, 5]]))

mistake(
    "dense",
    "bias_of_first_row_batch_of_one",
    lambda p, x, u, g: {"bias": u[0].copy()},
    hidden=True,
    at={"x": normal(1, 4)},
)
mistake(
    "dense",
    "mean_batch_of_one",
    lambda p, x, u, g: {"weight": g["weight"] / len(x)},
    hidden=True,
    at={"x": normal(1, 4)},
)
mistake(
    "dense_square",
    "input_untransposed_symmetric",
    lambda p, x, u, g: {"input": u @ p["weight"]},
    hidden=True,
    at={"weight": fixed([[2.0, 1, 0, 3], [1, 1, 4, 0], [0, 4, 3, 1], [3, 0, 1, 2]])},
)
mistake(
    "dense_square",
    "input_without_weight_identity",
    lambda p, x, u, g: {"input": u.copy()},
    hidden=True,
    at={"weight": fixed(np.eye(4))},
)
mistake(
    "inverse",
    "untransposed_identity",
    lambda p, x, u, g: {"input": -np.linalg.inv(x) @ u @ np.linalg.inv(x)},
    hidden=True,
    at={"x": fixed(np.eye(3))},
)
mistake(
    "inverse",
    "without_left_factor_identity",
    lambda p, x, u, g: {"input": -u @ np.linalg.inv(x).T},
    hidden=True,
    at={"x": fixed(np.eye(3))},
)
mistake(
    "logdet",
    "untransposed_symmetric",
    lambda p, x, u, g: {"input": u * np.linalg.inv(x)},
    hidden=True,
    at={"x": fixed([[3.0, 1, 0, 0], [1, 4, 1, 0], [0, 1, 5, 1], [0, 0, 1, 3]])},
)
mistake(
    "quadratic_form",
    "symmetric_assumed_hidden",
    lambda p, x, u, g: {"input": 2 * u[:, None] * x @ p["matrix"]},
    hidden=True,
    at={"matrix": fixed([[2.0, 1, 0], [1, 3, 1], [0, 1, 4]])},
)
mistake(
    "embedding",
    "overwritten_unique",
    lambda p, x, u, g: {"table": overwriting((6, 3), x, u)},
    hidden=True,
    at={"x": UNIQUE},
)
mistake(
    "gather",
    "overwritten_unique",
    lambda p, x, u, g: {"input.0": overwriting((6,), x[1], u * p["scale"])},
    hidden=True,
    at={"x": tuples(normal(6), fixed(np.array([0, 3, 5])))},
)
mistake(
    "scale_shift",
    "input_unscaled_at_ones",
    lambda p, x, u, g: {"input": u.copy()},
    hidden=True,
    at={"scale": fixed([1.0, 1, 1])},
)
mistake(
    "batch_norm",
    "unscaled_at_ones",
    lambda p, x, u, g: {"input": g["input"] / p["scale"]},
    hidden=True,
    at={"scale": fixed([1.0, 1, 1])},
)
mistake(
    "layer_norm",
    "unscaled_at_ones",
    lambda p, x, u, g: {"input": g["input"] / p["scale"]},
    hidden=True,
    at={"scale": fixed([1.0] * 5)},
)
mistake(
    "weight_norm",
    "unscaled_at_ones",
    lambda p, x, u, g: {"direction": g["direction"] / p["length"]},
    hidden=True,
    at={"length": fixed([1.0] * 3)},
)
mistake(
    "tanh",
    "slope_forgotten_at_zero",
    lambda p, x, u, g: {"input": u.copy()},
    hidden=True,
    at={"x": fixed(np.zeros((3, 4)))},
)
mistake(
    "sigmoid", "quarter_at_zero", lambda p, x, u, g: {"input": u / 4}, hidden=True, at={"x": fixed(np.zeros((3, 4)))}
)
mistake(
    "gelu",
    "approximated_at_zero",
    lambda p, x, u, g: {"input": u * sigmoid(1.702 * x)},
    hidden=True,
    at={"x": fixed(np.zeros((3, 4)))},
)
mistake(
    "exponential",
    "power_rule_at_one",
    lambda p, x, u, g: {"input": u * x * np.exp(x)},
    hidden=True,
    at={"x": fixed([1.0] * 5)},
)
mistake(
    "polynomial",
    "exponent_kept_at_one",
    lambda p, x, u, g: {"input": u * (3 * x**3 - 4 * x**2)},
    hidden=True,
    at={"x": fixed([1.0] * 6)},
)
mistake(
    "relu",
    "passes_everything_positive",
    lambda p, x, u, g: {"input": u.copy()},
    hidden=True,
    at={"x": fixed(np.full((3, 4), 0.01))},
)
mistake(
    "mse_rows",
    "upstream_first_row_batch_of_one",
    lambda p, x, u, g: {"input.0": u[0] * (x[0] - x[1])},
    hidden=True,
    at={"x": tuples(normal(1, 3), normal(1, 3))},
)
mistake(
    "rnn_last",
    "carry_forgotten_zero_recurrent",
    lambda p, x, u, g: {"start": np.zeros(2)},
    hidden=True,
    at={"recurrent": fixed(np.zeros((2, 2)))},
)
mistake(
    "residual_block",
    "second_path_forgotten_zero_weight",
    lambda p, x, u, g: {"input": u.copy()},
    hidden=True,
    at={"weight2": fixed(np.zeros((3, 4)))},
)
mistake(
    "swish",
    "beta_not_in_chain_at_one",
    lambda p, x, u, g: {
        "input": u * (sigmoid(p["beta"] * x) + x * sigmoid(p["beta"] * x) * (1 - sigmoid(p["beta"] * x)))
    },
    hidden=True,
    at={"beta": fixed([1.0] * 3)},
)
mistake(
    "bilinear",
    "bias_zero_input",
    lambda p, x, u, g: {"weight": np.zeros((5, 3, 2))},
    hidden=True,
    at={"x": tuples(fixed(np.zeros((4, 3))), normal(4, 2))},
)
mistake(
    "attention",
    "diagonal_equal_values",
    lambda p, x, u, g: {"input.0": np.zeros((2, 3, 4))},
    hidden=True,
    at={"x": tuples(normal(2, 3, 4), normal(2, 5, 4), fixed(np.zeros((2, 5, 3))))},
)
