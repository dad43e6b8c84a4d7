"""Mistakes in reductions."""

from __future__ import annotations

import numpy as np

from tests.faults.mistakes.mistake import mistake

TERM = "MISSING_TERM"

mistake("mean_rows", "not_divided", lambda p, x, u, g: {"input": g["input"] * 5}, "SCALE BATCH_MEAN")
mistake("mean_rows", "divided_by_rows", lambda p, x, u, g: {"input": g["input"] * 5 / 3}, "SCALE")
mistake("variance", "biased_count", lambda p, x, u, g: {"input": g["input"] * 4 / 5}, "SCALE")
mistake("variance", "mean_forgotten", lambda p, x, u, g: {"input": u * 2 * x / 4}, TERM)
mistake(
    "deviation",
    "not_divided_by_deviation",
    lambda p, x, u, g: {"input": u[:, None] * (x - x.mean(axis=1, keepdims=True)) / 3},
)
mistake("deviation", "of_variance", lambda p, x, u, g: {"input": g["input"] * 2 * x.std(axis=1, keepdims=True)})
mistake("norm_rows", "not_divided", lambda p, x, u, g: {"input": u[:, None] * x})
mistake("norm_rows", "squared", lambda p, x, u, g: {"input": 2 * u[:, None] * x})
mistake("norm_total", "by_square", lambda p, x, u, g: {"input": u * x / (x**2).sum()}, "SCALE")
mistake("norm_total", "guarded", lambda p, x, u, g: {"input": u * x / (np.sqrt((x**2).sum()) + 1e-4)}, "SCALE")
mistake("log_sum_exp", "unnormalized", lambda p, x, u, g: {"input": u[:, None] * np.exp(x)})
mistake("log_sum_exp", "of_maximum", lambda p, x, u, g: {"input": u[:, None] * (x == x.max(axis=1, keepdims=True))})
mistake(
    "log_sum_exp", "normalized_over_rows", lambda p, x, u, g: {"input": u[:, None] * np.exp(x) / np.exp(x).sum(axis=0)}
)


def softmax_of(
    x: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Softmax of rows."""
    powers = np.exp(x)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


mistake("softmax", "diagonal_only", lambda p, x, u, g: {"input": u * softmax_of(x) * (1 - softmax_of(x))}, TERM)
mistake("softmax", "off_diagonal_only", lambda p, x, u, g: {"input": g["input"] - u * softmax_of(x)}, TERM)
mistake("softmax", "without_centre", lambda p, x, u, g: {"input": u * softmax_of(x)}, TERM)
mistake(
    "softmax",
    "sum_over_batch",
    lambda p, x, u, g: {"input": softmax_of(x) * (u - (u * softmax_of(x)).sum(axis=0))},
    "WRONG_AXIS_SUM",
)
mistake(
    "softmax",
    "mean_for_sum",
    lambda p, x, u, g: {"input": softmax_of(x) * (u - (u * softmax_of(x)).mean(axis=1, keepdims=True))},
)
mistake(
    "softmax",
    "row_of_batch_wrong",
    lambda p, x, u, g: {"input": g["input"] * np.array([[1], [1.01], [1]])},
    "SPARSE_ELEMENTS",
)
mistake(
    "tempered_softmax", "temperature_not_in_input", lambda p, x, u, g: {"input": g["input"] * p["temperature"]}, "SCALE"
)
mistake(
    "tempered_softmax",
    "temperature_not_squared",
    lambda p, x, u, g: {"temperature": g["temperature"] * p["temperature"]},
    "SCALE",
)
mistake("tempered_softmax", "temperature_sign", lambda p, x, u, g: {"temperature": -g["temperature"]}, "SIGN")
mistake(
    "log_softmax",
    "sum_forgotten",
    lambda p, x, u, g: {"input": u - softmax_of(x)},
    "NOT_LINEAR_IN_UPSTREAM",
    also="MISSING_TERM",
)
mistake("log_softmax", "diagonal_only", lambda p, x, u, g: {"input": u * (1 - softmax_of(x))}, TERM)
mistake("max_rows", "to_all", lambda p, x, u, g: {"input": u[:, None] + 0 * x}, "EXTRA_TERM")
mistake("max_rows", "shared_out", lambda p, x, u, g: {"input": u[:, None] / 5 + 0 * x})
mistake(
    "max_rows",
    "of_minimum",
    lambda p, x, u, g: {"input": u[:, None] * (x == x.min(axis=1, keepdims=True))},
    "PERMUTED",
    also="SPARSE_ELEMENTS",
)
mistake(
    "max_rows",
    "total_maximum",
    lambda p, x, u, g: {"input": u[:, None] * (x == x.max())},
    "SPARSE_ELEMENTS MISSING_TERM",
)
mistake(
    "minimum",
    "sides_exchanged",
    lambda p, x, u, g: {"input.0": g["input.1"], "input.1": g["input.0"]},
    "WRONG_DERIVATIVE",
)
mistake(
    "minimum",
    "both",
    lambda p, x, u, g: {"input.0": u, "input.1": u},
    "WRONG_DERIVATIVE EXTRA_TERM",
    also="SPARSE_ELEMENTS",
)
mistake("ordered", "not_put_back", lambda p, x, u, g: {"input": u * p["weight"]}, "PERMUTED")
mistake(
    "ordered",
    "inverse_confused",
    lambda p, x, u, g: {"input": np.take_along_axis(u * p["weight"], x.argsort(axis=1), axis=1)},
    "PERMUTED",
)
mistake("ordered", "weight_of_unsorted", lambda p, x, u, g: {"weight": (u * x).sum(axis=0)})
mistake(
    "median_rows",
    "to_middle_place",
    lambda p, x, u, g: {"input": u[:, None] * (np.arange(5) == 2)},
    "PERMUTED",
    also="SPARSE_ELEMENTS",
)
mistake("product_rows", "not_divided", lambda p, x, u, g: {"input": (u * x.prod(axis=1))[:, None] + 0 * x})
mistake("running_sum", "not_reversed", lambda p, x, u, g: {"input": np.cumsum(u, axis=1) * p["weight"]})
mistake("running_sum", "no_sum", lambda p, x, u, g: {"input": u * p["weight"]}, TERM, also="NOT_ACCUMULATED")
mistake("running_sum", "exclusive", lambda p, x, u, g: {"input": g["input"] - u * p["weight"]}, TERM)
mistake(
    "running_product",
    "own_place_only",
    lambda p, x, u, g: {"input": u * np.cumprod(x, axis=1) / x},
    TERM,
    also="NOT_ACCUMULATED",
)
mistake(
    "cosine_similarity",
    "projection_forgotten",
    lambda p, x, u, g: {
        "input.0": u[:, None]
        * x[1]
        / np.linalg.norm(x[0], axis=1, keepdims=True)
        / np.linalg.norm(x[1], axis=1, keepdims=True)
    },
    TERM,
)
mistake("cosine_similarity", "unnormalized", lambda p, x, u, g: {"input.0": u[:, None] * x[1]})
mistake("pairwise_distances", "second_sign", lambda p, x, u, g: {"input.1": -g["input.1"]}, "SIGN")
mistake(
    "pairwise_distances",
    "of_squares",
    lambda p, x, u, g: {"input.0": 2 * (u[..., None] * (x[0][:, None] - x[1])).sum(axis=1)},
)
mistake("weighted_mean", "weights_as_constants", lambda p, x, u, g: {"input.1": 0 * x[1]}, "ZERO")
mistake("weighted_mean", "total_as_constant", lambda p, x, u, g: {"input.1": x[0] @ u / x[1].sum()}, TERM)
mistake("weighted_mean", "not_normalized", lambda p, x, u, g: {"input.0": np.outer(x[1], u)}, "SCALE")
