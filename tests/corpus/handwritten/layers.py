"""Mistakes in dense, convolutional and pooling layers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.corpus.data import normal
from tests.corpus.handwritten.mistake import mistake

NO_SUM = "MISSING_BROADCAST_SUM"
WRONG_SUM = "WRONG_AXIS_SUM"
TERM = "MISSING_TERM"

mistake("dense", "bias_of_first_row", lambda p, x, u, g: {"bias": u[0].copy()}, NO_SUM)
mistake("dense", "bias_of_last_row", lambda p, x, u, g: {"bias": u[-1].copy()}, NO_SUM, also="NOT_ACCUMULATED")
mistake("dense", "bias_not_summed", lambda p, x, u, g: {"bias": u.copy()}, "WRONG_SHAPE MISSING_BROADCAST_SUM")
mistake("dense", "bias_keeps_axis", lambda p, x, u, g: {"bias": u.sum(axis=0, keepdims=True)}, "WRONG_SHAPE")
mistake("dense", "bias_total", lambda p, x, u, g: {"bias": np.full(3, u.sum())}, WRONG_SUM)
mistake("dense", "bias_over_units", lambda p, x, u, g: {"bias": u.sum(axis=1)}, WRONG_SUM, at={"x": normal(3, 4)})
mistake(
    "scale_shift",
    "scale_over_units",
    lambda p, x, u, g: {"scale": (u * x).sum(axis=1)},
    WRONG_SUM,
    at={"x": normal(3, 3)},
)
mistake(
    "scale_shift", "shift_over_units", lambda p, x, u, g: {"shift": u.sum(axis=1)}, WRONG_SUM, at={"x": normal(3, 3)}
)
mistake("dense", "bias_mean", lambda p, x, u, g: {"bias": u.mean(axis=0)}, "BATCH_MEAN SCALE")
mistake("dense", "weight_mean", lambda p, x, u, g: {"weight": g["weight"] / len(x)}, "BATCH_MEAN SCALE")
mistake(
    "dense", "weight_transposed_shape", lambda p, x, u, g: {"weight": g["weight"].T.copy()}, "WRONG_SHAPE TRANSPOSED"
)
mistake(
    "dense", "weight_reshaped", lambda p, x, u, g: {"weight": g["weight"].T.reshape(4, 3)}, also="PERMUTED TRANSPOSED"
)
mistake("dense", "input_first_row_for_all", lambda p, x, u, g: {"weight": np.outer(x[0], u.sum(axis=0))})
mistake(
    "dense",
    "bias_doubled_at_one",
    lambda p, x, u, g: {"bias": g["bias"] * np.array([1, 1, 2.0])},
    "SPARSE_ELEMENTS",
    also="EXTRA_TERM",
)
mistake("dense_square", "input_untransposed", lambda p, x, u, g: {"input": u @ p["weight"]}, "TRANSPOSED")
mistake("dense_square", "weight_transposed", lambda p, x, u, g: {"weight": u.T @ x}, "TRANSPOSED")
mistake("dense_square", "input_without_weight", lambda p, x, u, g: {"input": u.copy()})
mistake(
    "dense_sequence",
    "bias_over_batch_only",
    lambda p, x, u, g: {"bias": u.sum(axis=0)[0]},
    "MISSING_BROADCAST_SUM MISSING_TERM",
)
mistake(
    "dense_sequence",
    "last_step_only",
    lambda p, x, u, g: {"weight": x[:, -1].T @ u[:, -1]},
    TERM,
    also="NOT_ACCUMULATED",
)
mistake("low_rank", "left_without_right", lambda p, x, u, g: {"left": x.T @ u[:, :2]})
mistake("low_rank", "right_uses_input", lambda p, x, u, g: {"right": x[:, :2].T @ u})
mistake(
    "bilinear",
    "inputs_swapped",
    lambda p, x, u, g: {"input.0": np.einsum("bk,kij,bj->bi", u, p["weight"][..., ::-1], x[1])},
)
mistake("bilinear", "bias_axis", lambda p, x, u, g: {"bias": np.resize(u.sum(axis=1), 5)}, also="WRONG_AXIS_SUM")
mistake(
    "bilinear",
    "weight_without_second",
    lambda p, x, u, g: {"weight": np.repeat(np.einsum("bk,bi->ki", u, x[0])[:, :, None], 2, axis=2)},
)
mistake("outer", "second_ignored", lambda p, x, u, g: {"input.0": u.sum(axis=1)})
mistake(
    "batched_matmul",
    "shared_weight",
    lambda p, x, u, g: {"weight": np.repeat(g["weight"].sum(axis=0, keepdims=True), 3, axis=0)},
)
mistake("batched_matmul", "batch_reversed", lambda p, x, u, g: {"weight": g["weight"][::-1].copy()}, "PERMUTED")
mistake("scale_shift", "scale_without_input", lambda p, x, u, g: {"scale": u.sum(axis=0)})
mistake(
    "scale_shift", "scale_over_features", lambda p, x, u, g: {"scale": (u * x).sum(axis=1)[:3]}, also="WRONG_AXIS_SUM"
)
mistake("scale_shift", "input_unscaled", lambda p, x, u, g: {"input": u.copy()})
mistake("scalar_affine", "mean", lambda p, x, u, g: {"slope": np.asarray((u * x).mean())}, "BATCH_MEAN SCALE")
mistake("scalar_affine", "first_element", lambda p, x, u, g: {"intercept": np.asarray(u[0])}, NO_SUM)
mistake("scalar_affine", "not_summed", lambda p, x, u, g: {"slope": u * x}, "WRONG_SHAPE MISSING_BROADCAST_SUM")
mistake(
    "broadcast_both", "row_over_batch_only", lambda p, x, u, g: {"row": (u * x).sum(axis=0)[:, :1]}, NO_SUM, also=TERM
)
mistake("broadcast_both", "input_one_row", lambda p, x, u, g: {"input": (u * p["row"])[:, :1]}, NO_SUM, also=TERM)
mistake("broadcast_both", "cell_mean", lambda p, x, u, g: {"cell": u.mean(axis=0, keepdims=True)}, "BATCH_MEAN SCALE")
mistake("cumsum", "not_reversed", lambda p, x, u, g: {"input": np.cumsum(u, axis=1) * p["weight"]})
mistake(
    "cumsum",
    "weight_not_accumulated",
    lambda p, x, u, g: {"weight": (u * x).sum(axis=0)},
    also="MISSING_TERM NOT_ACCUMULATED",
)
mistake(
    "shared_twice",
    "second_use_only",
    lambda p, x, u, g: {"weight": np.tanh(x @ p["weight"]).T @ u},
    also="MISSING_TERM",
)
mistake(
    "shared_twice",
    "first_use_only",
    lambda p, x, u, g: {"weight": g["weight"] - np.tanh(x @ p["weight"]).T @ u},
    also="MISSING_TERM",
)
mistake(
    "tied_autoencoder",
    "decoder_only",
    lambda p, x, u, g: {"weight": u.T @ np.tanh(x @ p["weight"] + p["hidden"])},
    also="MISSING_TERM",
)
mistake("tied_autoencoder", "hidden_without_slope", lambda p, x, u, g: {"hidden": (u @ p["weight"]).sum(axis=0)})

mistake("conv1d", "kernel_flipped", lambda p, x, u, g: {"kernel": g["kernel"][:, :, ::-1].copy()}, "PERMUTED")
mistake("conv1d", "bias_over_batch", lambda p, x, u, g: {"bias": u.sum(axis=0)[:, 0]}, NO_SUM, also=TERM)
mistake("conv1d", "bias_mean_over_time", lambda p, x, u, g: {"bias": u.mean(axis=2).sum(axis=0)}, "SCALE BATCH_MEAN")
mistake(
    "conv1d",
    "edges_forgotten",
    lambda p, x, u, g: {"input": g["input"] * (np.abs(np.arange(7) - 3) < 3)},
    "SPARSE_ELEMENTS",
)
mistake(
    "conv1d",
    "input_with_flipped_kernel",
    lambda p, x, u, g: {
        "input": sum(
            np.pad(np.einsum("bot,oc->bct", u, p["kernel"][:, :, 2 - k]), ((0, 0), (0, 0), (k, 2 - k)))
            for k in range(3)
        )
    },
)
mistake(
    "conv2d",
    "kernel_transposed",
    lambda p, x, u, g: {"kernel": g["kernel"].transpose(0, 1, 3, 2).copy()},
    "TRANSPOSED",
    also="PERMUTED",
)
mistake("conv2d", "kernel_rotated", lambda p, x, u, g: {"kernel": g["kernel"][:, :, ::-1, ::-1].copy()}, "PERMUTED")
mistake(
    "conv2d",
    "kernel_of_first_image",
    lambda p, x, u, g: {"kernel": np.einsum("ohw,chwij->ocij", u[0], sliding_window_view(x, (3, 3), axis=(2, 3))[0])},
    TERM,
    also="MISSING_BROADCAST_SUM NOT_ACCUMULATED",
)
mistake("conv2d", "bias_over_plane_of_first", lambda p, x, u, g: {"bias": u[0].sum(axis=(1, 2))}, NO_SUM, also=TERM)
mistake(
    "conv2d_padded_strided",
    "padding_cut_wrongly",
    lambda p, x, u, g: {"input": np.roll(g["input"], 1, axis=2)},
    "PERMUTED",
)
mistake(
    "conv2d_padded_strided",
    "overwritten",
    lambda p, x, u, g: {"input": _strided_overwrite(p, x, u)},
    "NOT_ACCUMULATED",
    also=TERM,
)
mistake("depthwise", "channels_mixed", lambda p, x, u, g: {"kernel": np.roll(g["kernel"], 1, axis=0)}, "PERMUTED")
mistake(
    "transposed_conv1d",
    "overwritten_output_taps",
    lambda p, x, u, g: {"kernel": g["kernel"] * np.array([1, 1, 0.0])},
    "SPARSE_ELEMENTS MISSING_TERM",
)
mistake("max_pool2d", "spread_evenly", lambda p, x, u, g: {"input": (u / 4).repeat(2, axis=2).repeat(2, axis=3)})
mistake(
    "max_pool2d", "to_all", lambda p, x, u, g: {"input": u.repeat(2, axis=2).repeat(2, axis=3)}, also="SPARSE_ELEMENTS"
)
mistake(
    "max_pool2d",
    "to_first",
    lambda p, x, u, g: {"input": u.repeat(2, axis=2).repeat(2, axis=3) * np.tile([[1, 0], [0, 0.0]], (2, 2))},
)
mistake("average_pool2d", "not_divided", lambda p, x, u, g: {"input": g["input"] * 4}, "SCALE BATCH_MEAN")
mistake("average_pool2d", "unscaled", lambda p, x, u, g: {"input": (u / 4).repeat(2, axis=2).repeat(2, axis=3)})
mistake(
    "max_pool1d_overlapping",
    "overwritten",
    lambda p, x, u, g: {"input": _winners_overwrite(x, u)},
    "NOT_ACCUMULATED SPARSE_ELEMENTS MISSING_TERM",
)
mistake("global_average", "not_divided", lambda p, x, u, g: {"input": g["input"] * 12}, "SCALE BATCH_MEAN")


def _strided_overwrite(p: Any, x: Any, u: Any) -> Any:
    padded = np.zeros((2, 2, 7, 7))
    for row in range(3):
        for column in range(3):
            part = np.einsum("bohw,oc->bchw", u, p["kernel"][:, :, row, column])
            padded[:, :, row : row + 6 : 2, column : column + 6 : 2] = part
    return padded[:, :, 1:-1, 1:-1]


def _winners_overwrite(x: Any, u: Any) -> Any:
    of_x = np.zeros_like(x)
    chosen = sliding_window_view(x, 3, axis=2).argmax(axis=-1) + np.arange(5)
    batch, channel, _ = np.indices(u.shape)
    of_x[batch, channel, chosen] = u
    return of_x
