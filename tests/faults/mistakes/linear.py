"""Mistakes in linear functions."""

from __future__ import annotations

import numpy as np

from tests.faults.draws import exactly
from tests.faults.mistakes.mistake import mistake

SUM = "MISSING_BROADCAST_SUM"
AXIS = "WRONG_AXIS_SUM"

mistake("affine", "bias_of_one_row", lambda p, x, u, g: {"bias": u[0]}, SUM)
mistake("affine", "bias_mean", lambda p, x, u, g: {"bias": u.mean(axis=0)}, "BATCH_MEAN SCALE")
mistake(
    "affine", "bias_without_last_row", lambda p, x, u, g: {"bias": u[:-1].sum(axis=0)}, f"MISSING_TERM {SUM} {AXIS}"
)
mistake("affine", "bias_total", lambda p, x, u, g: {"bias": np.full(3, u.sum())}, AXIS)
mistake("affine", "bias_over_outputs", lambda p, x, u, g: {"bias": u.sum(axis=1)[:3]}, AXIS)
mistake("affine", "bias_not_summed", lambda p, x, u, g: {"bias": u}, f"WRONG_SHAPE {SUM}")
mistake("affine", "bias_as_row", lambda p, x, u, g: {"bias": u.sum(axis=0)[None]}, "WRONG_SHAPE")
mistake("affine", "weight_transposed", lambda p, x, u, g: {"weight": g["weight"].T}, "WRONG_SHAPE TRANSPOSED")
mistake("affine", "weight_reshaped", lambda p, x, u, g: {"weight": (u.T @ x).reshape(4, 3)}, "PERMUTED TRANSPOSED")
mistake("affine", "weight_over_batch", lambda p, x, u, g: {"weight": g["weight"] / 5}, "BATCH_MEAN SCALE")
mistake(
    "affine",
    "weight_with_decay",
    lambda p, x, u, g: {"weight": g["weight"] + 0.01 * p["weight"]},
    "EXTRA_TERM",
    also="NOT_LINEAR_IN_UPSTREAM",
)
mistake(
    "affine",
    "weight_clipped",
    lambda p, x, u, g: {"weight": np.clip(g["weight"], -1, 1)},
    also="NOT_LINEAR_IN_UPSTREAM SPARSE_ELEMENTS",
)
mistake(
    "affine",
    "weight_normalized",
    lambda p, x, u, g: {"weight": g["weight"] / np.linalg.norm(g["weight"])},
    "NOT_LINEAR_IN_UPSTREAM",
)
mistake("affine", "weight_of_outer_sums", lambda p, x, u, g: {"weight": np.outer(x.sum(axis=0), u.sum(axis=0))})
mistake(
    "affine",
    "bias_and_weight_swapped_batch_mean",
    lambda p, x, u, g: {"bias": g["bias"] / 5, "weight": g["weight"] / 5},
    "BATCH_MEAN SCALE",
)
mistake("square_dense", "weight_transposed", lambda p, x, u, g: {"weight": u.T @ x}, "TRANSPOSED")
mistake("square_dense", "input_through_untransposed", lambda p, x, u, g: {"input": u @ p["weight"]}, also="TRANSPOSED")
mistake("square_dense", "input_is_upstream", lambda p, x, u, g: {"input": u})
mistake(
    "square_dense",
    "one_weight_wrong_sign",
    lambda p, x, u, g: {"weight": g["weight"] * np.array([[1, 1, 1], [1, 1, -1], [1, 1, 1]])},
    "SPARSE_ELEMENTS",
)
mistake(
    "square_dense",
    "bottom_row_by_thousandth",
    lambda p, x, u, g: {"weight": g["weight"] * np.array([[1], [1], [1.001]])},
    "SPARSE_ELEMENTS",
)
mistake("matrix_vector", "matrix_transposed", lambda p, x, u, g: {"matrix": np.outer(x, u)}, "WRONG_SHAPE TRANSPOSED")
mistake(
    "matrix_vector",
    "matrix_reshaped",
    lambda p, x, u, g: {"matrix": np.outer(x, u).reshape(3, 4)},
    "PERMUTED TRANSPOSED",
)
mistake("matrix_vector", "offset_summed", lambda p, x, u, g: {"offset": np.full(3, u.sum())}, AXIS)
mistake(
    "time_distributed",
    "bias_over_one_axis",
    lambda p, x, u, g: {"bias": u.sum(axis=1)[0]},
    f"{SUM} MISSING_TERM {AXIS}",
)
mistake(
    "time_distributed",
    "last_step_only",
    lambda p, x, u, g: {"weight": x[:, -1].T @ u[:, -1]},
    "MISSING_TERM",
    also="NOT_ACCUMULATED MISSING_BROADCAST_SUM",
)
mistake(
    "time_distributed",
    "axes_mixed_in_reshape",
    lambda p, x, u, g: {"weight": x.swapaxes(0, 1).reshape(-1, 4).T @ u.reshape(-1, 3)},
)
mistake("low_rank", "down_skips_up", lambda p, x, u, g: {"down": x.T @ u[:, :2]})
mistake("low_rank", "up_from_input", lambda p, x, u, g: {"up": x[:, :2].T @ u})
mistake(
    "bilinear",
    "second_missing",
    lambda p, x, u, g: {"core": np.einsum("ni,nk->ik", x[0], u)[:, None].repeat(2, axis=1)},
)
mistake(
    "bilinear",
    "core_swapped",
    lambda p, x, u, g: {"input.0": np.einsum("ijk,nj,nk->ni", p["core"][::-1], x[1], u)},
    "PERMUTED",
)
mistake("outer", "summed_only", lambda p, x, u, g: {"input.0": u.sum(axis=1)})
mistake("outer", "second_negated", lambda p, x, u, g: {"input.1": -g["input.1"]}, "SIGN")
mistake(
    "batched_product",
    "first_of_batch_for_all",
    lambda p, x, u, g: {"input.0": u @ x[1][:1].swapaxes(1, 2)},
    also="SPARSE_ELEMENTS",
)
mistake(
    "batched_product", "summed_over_batch", lambda p, x, u, g: {"input.1": g["input.1"].sum(axis=0) + 0 * x[1]}, AXIS
)
mistake(
    "tied_linear", "one_path", lambda p, x, u, g: {"weight": x.T @ (u @ p["weight"])}, "MISSING_TERM NOT_ACCUMULATED"
)
mistake(
    "tied_linear",
    "other_path_overwrites",
    lambda p, x, u, g: {"weight": u.T @ (x @ p["weight"])},
    "NOT_ACCUMULATED MISSING_TERM",
)
mistake(
    "contraction",
    "axes_exchanged",
    lambda p, x, u, g: {"mix": np.einsum("ad,abc->dcb", u, x).reshape(2, 3, 4)},
    "PERMUTED TRANSPOSED",
)
mistake(
    "kronecker",
    "blocks_confused",
    lambda p, x, u, g: {"input.0": np.einsum("ijkl,kl->ij", u.reshape(2, 2, 2, 3), x[1])},
)
mistake("cross_product", "order", lambda p, x, u, g: {"input.0": np.cross(u, x[1])}, "SIGN")
mistake("discount", "no_discount", lambda p, x, u, g: {"input": np.cumsum(u)})
mistake("discount", "rate_uses_inputs", lambda p, x, u, g: {"rate": (g["input"][:-1] * x[1:]).sum()})
mistake("affine", "weight_tiny_relative", lambda p, x, u, g: {"weight": g["weight"] * (1 + 1e-5)}, "SCALE")
mistake(
    "affine",
    "single_weight_tiny",
    lambda p, x, u, g: {"weight": g["weight"] + np.abs(g["weight"]).max() * 1e-5 * (np.arange(12) == 7).reshape(4, 3)},
    "SPARSE_ELEMENTS",
    also="NOT_LINEAR_IN_UPSTREAM EXTRA_TERM",
)
mistake("affine", "dead_unit_column", lambda p, x, u, g: {"weight": g["weight"] * [1, 0, 1]}, "SPARSE_ELEMENTS")
mistake(
    "affine",
    "weight_gradient_of_batch_of_two",
    lambda p, x, u, g: {"weight": x[:1].T @ u[:1]},
    "MISSING_TERM",
    also=SUM,
    at={"x": exactly([[1.0, 2, -1, 0.5], [0.3, -1, 2, 1]])},
)
