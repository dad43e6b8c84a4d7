"""Mistakes in softmax, losses, reductions and linear algebra."""

from __future__ import annotations

import numpy as np

from tests.corpus.data import fixed
from tests.corpus.functions.losses import probabilities
from tests.corpus.handwritten.mistake import mistake

TERM = "MISSING_TERM"

mistake("softmax", "diagonal_only", lambda p, x, u, g: {"input": u * probabilities(x) * (1 - probabilities(x))}, TERM)
mistake("softmax", "identity", lambda p, x, u, g: {"input": u.copy()})
mistake(
    "softmax",
    "sum_over_batch",
    lambda p, x, u, g: {"input": probabilities(x) * (u - (u * probabilities(x)).sum(axis=0))},
)
mistake("softmax", "sum_forgotten", lambda p, x, u, g: {"input": u * probabilities(x)}, TERM)
mistake("log_softmax", "unweighted_sum", lambda p, x, u, g: {"input": u - u.sum(axis=-1, keepdims=True) / 3})
mistake("log_softmax", "sum_forgotten", lambda p, x, u, g: {"input": u.copy()}, TERM)
mistake("cross_entropy", "mean_forgotten", lambda p, x, u, g: {"input.0": g["input.0"] * 5}, "BATCH_MEAN SCALE")
mistake(
    "cross_entropy",
    "target_forgotten",
    lambda p, x, u, g: {"input.0": u * probabilities(x[0]) / 5},
    TERM,
    also="SPARSE_ELEMENTS EXTRA_TERM",
)
mistake(
    "cross_entropy",
    "upstream_forgotten",
    lambda p, x, u, g: {"input.0": g["input.0"] / u},
    "UPSTREAM_IGNORED",
    also="NOT_LINEAR_IN_UPSTREAM",
)
mistake("cross_entropy", "target_minus_output", lambda p, x, u, g: {"input.0": -g["input.0"]}, "SIGN")
mistake("cross_entropy_dense", "bias_first", lambda p, x, u, g: {"bias": g["bias"] * 0.25}, "SCALE BATCH_MEAN")
mistake("cross_entropy_dense", "slope_of_sigmoid_kept", lambda p, x, u, g: {"input": g["input"] * 0.2}, "SCALE")
mistake("mse", "factor_two", lambda p, x, u, g: {"input.0": g["input.0"] / 2}, "SCALE BATCH_MEAN")
mistake("mse", "over_rows_only", lambda p, x, u, g: {path: g[path] * 3 for path in g}, "SCALE BATCH_MEAN")
mistake("mse", "target_sign", lambda p, x, u, g: {"input.1": -g["input.1"]}, "SIGN")
mistake("mse", "target_forgotten", lambda p, x, u, g: {"input.1": np.zeros((4, 3))}, "ZERO")
mistake("mse_rows", "upstream_total", lambda p, x, u, g: {"input.0": u.sum() * (x[0] - x[1])})
mistake("mse_rows", "upstream_first", lambda p, x, u, g: {"input.0": u[0] * (x[0] - x[1])})
mistake("huber", "never_linear", lambda p, x, u, g: {"input": u * x}, "WRONG_DERIVATIVE", also="SPARSE_ELEMENTS")
mistake(
    "huber",
    "always_linear",
    lambda p, x, u, g: {"input": u * p["delta"] * np.sign(x)},
    "WRONG_DERIVATIVE",
    also="SPARSE_ELEMENTS",
)
mistake(
    "huber",
    "delta_forgotten",
    lambda p, x, u, g: {"input": u * np.where(np.abs(x) <= p["delta"], x, np.sign(x))},
    "WRONG_DERIVATIVE",
    also="SPARSE_ELEMENTS SCALE",
)
mistake(
    "huber",
    "delta_gradient_everywhere",
    lambda p, x, u, g: {"delta": np.asarray((u * (np.abs(x) - p["delta"])).sum())},
    also="EXTRA_TERM",
)
mistake(
    "hinge",
    "inactive_kept",
    lambda p, x, u, g: {"bias": np.asarray(-u * np.where(np.arange(5) % 2 == 0, 1.0, -1.0).mean())},
    also="SCALE SIGN",
    at={"bias": fixed(2.0)},
)
mistake("hinge", "mean_forgotten", lambda p, x, u, g: {"weight": g["weight"] * 5}, "BATCH_MEAN SCALE")
mistake(
    "hinge",
    "label_forgotten",
    lambda p, x, u, g: {"input": np.abs(g["input"]) * np.sign(p["weight"])},
    "NOT_LINEAR_IN_UPSTREAM",
)
mistake(
    "binary_cross_entropy",
    "slope_twice",
    lambda p, x, u, g: {"input.0": g["input.0"] * probabilities(np.stack([x[0], 0 * x[0]], -1))[:, 0]},
    also="WRONG_DERIVATIVE",
)
mistake(
    "binary_cross_entropy",
    "target_gradient_of_probability",
    lambda p, x, u, g: {"input.1": -u / (1 + np.exp(-x[0]))},
    also="WRONG_DERIVATIVE",
)
mistake("logsumexp", "temperature_ignored", lambda p, x, u, g: {"input": u[:, None] * probabilities(x)})
mistake(
    "logsumexp",
    "entropy_forgotten",
    lambda p, x, u, g: {"temperature": np.asarray((u * (np.log(np.exp(x / p["temperature"]).sum(axis=1)))).sum())},
    also="SCALE MISSING_TERM",
)
mistake(
    "kl_divergence",
    "one_forgotten",
    lambda p, x, u, g: {"input.0": u[:, None] * np.log(x[0] / x[1])},
    TERM,
    also="WRONG_DERIVATIVE",
)
mistake(
    "kl_divergence",
    "ratio_inverted",
    lambda p, x, u, g: {"input.1": -u[:, None] * x[1] / x[0]},
    also="WRONG_DERIVATIVE",
)
mistake(
    "cosine_similarity",
    "lengths_constant",
    lambda p, x, u, g: {
        "input.0": u[:, None] * x[1] / (np.linalg.norm(x[0], axis=1) * np.linalg.norm(x[1], axis=1))[:, None]
    },
    TERM,
)
mistake("cosine_similarity", "inputs_swapped", lambda p, x, u, g: {"input.0": g["input.1"], "input.1": g["input.0"]})
mistake(
    "gaussian_nll", "half_forgotten", lambda p, x, u, g: {"log_variance": 2 * g["log_variance"]}, "SCALE BATCH_MEAN"
)
mistake(
    "gaussian_nll",
    "normalizer_forgotten",
    lambda p, x, u, g: {"log_variance": -0.5 * u * ((x - p["mean"]) ** 2 * np.exp(-p["log_variance"])).sum(axis=0)},
    TERM,
)
mistake("gaussian_nll", "mean_sign", lambda p, x, u, g: {"mean": -g["mean"]}, "SIGN")

mistake("inverse", "sign", lambda p, x, u, g: {"input": -g["input"]}, "SIGN")
mistake("inverse", "untransposed", lambda p, x, u, g: {"input": -np.linalg.inv(x) @ u @ np.linalg.inv(x)}, "TRANSPOSED")
mistake("inverse", "one_side", lambda p, x, u, g: {"input": -np.linalg.inv(x).T @ u})
mistake("inverse", "transposed", lambda p, x, u, g: {"input": g["input"].T.copy()}, "TRANSPOSED")
mistake("solve", "untransposed", lambda p, x, u, g: {"input": np.linalg.solve(p["matrix"], u)}, "TRANSPOSED")
mistake("solve", "matrix_sign", lambda p, x, u, g: {"matrix": -g["matrix"]}, "SIGN")
mistake("solve", "matrix_transposed", lambda p, x, u, g: {"matrix": g["matrix"].T.copy()}, "TRANSPOSED")
mistake("logdet", "untransposed", lambda p, x, u, g: {"input": g["input"].T.copy()}, "TRANSPOSED")
mistake("logdet", "diagonal", lambda p, x, u, g: {"input": u / x * np.eye(4)})
mistake("determinant", "without_value", lambda p, x, u, g: {"input": g["input"] / np.linalg.det(x)}, "SCALE")
mistake(
    "determinant", "scale_forgotten", lambda p, x, u, g: {"input": u * np.linalg.det(x) * np.linalg.inv(x).T}, "SCALE"
)
mistake("trace_product", "untransposed_shape", lambda p, x, u, g: {"weight": u * x}, "WRONG_SHAPE TRANSPOSED")
mistake("frobenius_norm", "not_normalized", lambda p, x, u, g: {"input": u * x}, "SCALE", also="WRONG_DERIVATIVE")
mistake("frobenius_norm", "doubled", lambda p, x, u, g: {"input": 2 * g["input"]}, "SCALE BATCH_MEAN")
mistake("quadratic_form", "symmetric_assumed", lambda p, x, u, g: {"input": 2 * u[:, None] * x @ p["matrix"].T})
mistake("quadratic_form", "one_term", lambda p, x, u, g: {"input": u[:, None] * x @ p["matrix"].T}, also="MISSING_TERM")
mistake("matrix_square", "two_x", lambda p, x, u, g: {"input": 2 * u @ x.T})
mistake("matrix_square", "one_term", lambda p, x, u, g: {"input": u @ x.T}, also="MISSING_TERM")
mistake("gram", "one_term", lambda p, x, u, g: {"input": x @ u}, also="MISSING_TERM")
mistake("gram", "doubled_without_transposing", lambda p, x, u, g: {"input": 2 * x @ u})
mistake(
    "symmetric_eigenvalues",
    "lower_triangle",
    lambda p, x, u, g: {"input": np.tril(g["input"] * (2 - np.eye(3)))},
    also="SPARSE_ELEMENTS",
)
mistake("pairwise_distances", "factor_two", lambda p, x, u, g: {"input": g["input"] / 2}, "SCALE BATCH_MEAN")
mistake("pairwise_distances", "centre_sign", lambda p, x, u, g: {"centre": -g["centre"]}, "SIGN")

mistake(
    "max_rows",
    "to_first",
    lambda p, x, u, g: {"input": np.eye(4)[[0, 0, 0]] * (u * p["scale"])[:, None]},
    also="PERMUTED",
)
mistake(
    "max_rows",
    "everywhere",
    lambda p, x, u, g: {"input": np.repeat((u * p["scale"])[:, None], 4, axis=1)},
    also="SPARSE_ELEMENTS",
)
mistake(
    "max_rows",
    "of_columns",
    lambda p, x, u, g: {"input": (x == x.max(axis=0)) * (u * p["scale"])[:, None]},
    also="SPARSE_ELEMENTS",
)
mistake(
    "min_pair",
    "both",
    lambda p, x, u, g: {"input.0": u.copy(), "input.1": u.copy()},
    also="WRONG_DERIVATIVE SPARSE_ELEMENTS",
)
mistake(
    "min_pair",
    "swapped",
    lambda p, x, u, g: {"input.0": g["input.1"], "input.1": g["input.0"]},
    also="WRONG_DERIVATIVE",
)
mistake("sort", "not_sorted_back", lambda p, x, u, g: {"input": u * p["weight"]}, also="PERMUTED")
mistake(
    "sort",
    "inverse_order",
    lambda p, x, u, g: {"input": np.take_along_axis(u * p["weight"], x.argsort(axis=1), axis=1)},
)
mistake("sort", "weight_of_unsorted", lambda p, x, u, g: {"weight": (u * x).sum(axis=0)})
mistake("variance", "biased", lambda p, x, u, g: {"input": g["input"] * 0.8}, "SCALE")
mistake("variance", "not_centred", lambda p, x, u, g: {"input": 2 * u * x / 4}, "MISSING_TERM EXTRA_TERM")
mistake(
    "product", "without_division", lambda p, x, u, g: {"input": np.repeat((u * x.prod(axis=1))[:, None], 4, axis=1)}
)
mistake("product", "of_column", lambda p, x, u, g: {"input": u[:, None] * x.prod(axis=0) / x})
mistake(
    "cumulative_product", "not_reversed", lambda p, x, u, g: {"input": np.cumsum(u * x.cumprod(axis=1), axis=1) / x}
)
mistake(
    "top_two",
    "largest_only",
    lambda p, x, u, g: {"input": (x == x.max(axis=1, keepdims=True)) * u[:, None]},
    also="SPARSE_ELEMENTS",
)
mistake("median", "mean", lambda p, x, u, g: {"input": np.repeat(u[:, None] / 5, 5, axis=1)})
mistake(
    "concatenate",
    "halves_swapped",
    lambda p, x, u, g: {"input.0": (u * p["weight"])[:, 4:], "input.1": (u * p["weight"])[:, :4]},
)
mistake(
    "concatenate", "weight_of_first", lambda p, x, u, g: {"weight": g["weight"] * (np.arange(6) < 2)}, "SPARSE_ELEMENTS"
)
mistake("transpose_flip", "not_flipped_back", lambda p, x, u, g: {"input": (u * p["weight"]).T.copy()}, "PERMUTED")
mistake(
    "transpose_flip",
    "not_transposed_back",
    lambda p, x, u, g: {"input": (u * p["weight"])[:, ::-1].copy()},
    "TRANSPOSED",
)
mistake("p_norm", "not_rooted", lambda p, x, u, g: {"input": u[:, None] * x * np.abs(x) ** (p["order"] - 2)})
mistake(
    "p_norm", "order_term_forgotten", lambda p, x, u, g: {"order": g["order"] * 0 + 0.3 * u.sum()}, also="MISSING_TERM"
)
mistake(
    "softmax_pool",
    "scores_constant",
    lambda p, x, u, g: {"input": probabilities(x @ p["score"])[:, :, None] * u[:, None, :]},
    also="MISSING_TERM",
)
mistake(
    "softmax_pool",
    "jacobian_diagonal",
    lambda p, x, u, g: {
        "score": np.einsum(
            "bt,btf->f",
            probabilities(x @ p["score"]) * (1 - probabilities(x @ p["score"])) * np.einsum("bf,btf->bt", u, x),
            x,
        )
    },
    also="MISSING_TERM",
)
