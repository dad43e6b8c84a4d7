"""Mistakes in convolutions and pools."""

from __future__ import annotations

import numpy as np

from tests.faults.functions.convolution import patches, spread
from tests.faults.mistakes.mistake import mistake

SUM = "MISSING_BROADCAST_SUM"

mistake("conv1d", "kernel_flipped", lambda p, x, u, g: {"kernel": g["kernel"][:, :, ::-1]}, "PERMUTED")
mistake("conv1d", "bias_over_batch_only", lambda p, x, u, g: {"bias": u.sum(axis=0)[:, 0]}, f"{SUM} MISSING_TERM")
mistake("conv1d", "bias_mean_over_places", lambda p, x, u, g: {"bias": g["bias"] / 4}, "SCALE")
mistake(
    "conv1d",
    "last_tap_forgotten",
    lambda p, x, u, g: {
        "input": g["input"] - np.pad(np.einsum("bow,oi->biw", u, p["kernel"][:, :, 2]), ((0, 0), (0, 0), (2, 0)))
    },
    "MISSING_TERM",
)
mistake(
    "conv1d",
    "input_by_unflipped_kernel",
    lambda p, x, u, g: {
        "input": sum(
            np.pad(np.einsum("bow,oi->biw", u, p["kernel"][:, :, 2 - tap]), ((0, 0), (0, 0), (tap, 2 - tap)))
            for tap in range(3)
        )
    },
)
mistake("conv2d", "kernel_flipped", lambda p, x, u, g: {"kernel": g["kernel"][..., ::-1, ::-1]}, "PERMUTED")
mistake(
    "conv2d",
    "kernel_of_first_image",
    lambda p, x, u, g: {"kernel": np.einsum("bohw,bihwkl->oikl", u[:1], patches(x[:1], 2, 3))},
    "MISSING_TERM",
    also=SUM,
)
mistake(
    "conv2d",
    "input_by_flipped_kernel",
    lambda p, x, u, g: {"input": spread(u, p["kernel"][..., ::-1, ::-1], np.zeros_like(x))},
)
mistake(
    "conv2d", "channels_exchanged", lambda p, x, u, g: {"kernel": g["kernel"].swapaxes(0, 1)}, "TRANSPOSED PERMUTED"
)
mistake(
    "conv2d",
    "input_channels_exchanged",
    lambda p, x, u, g: {"input": spread(u, p["kernel"].swapaxes(0, 1), np.zeros_like(x))},
)
mistake("conv2d", "bias_over_places_only", lambda p, x, u, g: {"bias": u.sum(axis=(2, 3))[0]}, f"{SUM} MISSING_TERM")
mistake("conv2d", "bias_mean", lambda p, x, u, g: {"bias": u.mean(axis=(0, 2, 3))}, "SCALE BATCH_MEAN")
mistake("conv2d", "border_of_input", lambda p, x, u, g: {"input": g["input"] * (np.arange(4) < 3)}, "SPARSE_ELEMENTS")
mistake(
    "conv2d_strided",
    "stride_forgotten",
    lambda p, x, u, g: {"input": spread(u, p["kernel"], np.zeros_like(x), stride=1)},
)
mistake(
    "conv2d_strided",
    "overlap_overwritten",
    lambda p, x, u, g: {"input": np.where(np.arange(5) == 2, g["input"] / 2, g["input"])},
    also="SPARSE_ELEMENTS",
)
mistake("conv2d_dilated", "gaps_forgotten", lambda p, x, u, g: {"input": spread(u, p["kernel"], np.zeros_like(x))})
mistake(
    "conv2d_dilated",
    "kernel_of_dense_windows",
    lambda p, x, u, g: {"kernel": np.einsum("bohw,bihwkl->oikl", u, patches(x, 2, 2)[:, :, :3, :3])},
)
mistake(
    "depthwise",
    "channels_mixed",
    lambda p, x, u, g: {"kernel": np.einsum("bohw,bihwkl->okl", u, patches(x, 2, 2))},
    "EXTRA_TERM WRONG_AXIS_SUM",
)
mistake(
    "conv2d_transposed",
    "input_by_convolution",
    lambda p, x, u, g: {"input": np.einsum("bihwkl,iokl->bohw", patches(u, 2, 2, stride=2), p["kernel"])},
)
mistake(
    "conv2d_transposed",
    "kernel_transposed",
    lambda p, x, u, g: {"kernel": g["kernel"].swapaxes(2, 3)},
    "TRANSPOSED PERMUTED",
)
mistake("max_pool", "shared_out", lambda p, x, u, g: {"input": u.repeat(2, axis=2).repeat(2, axis=3) / 4})
mistake(
    "max_pool",
    "first_of_window",
    lambda p, x, u, g: {
        "input": u.repeat(2, axis=2).repeat(2, axis=3) * (np.arange(4) % 2 == 0) * (np.arange(4) % 2 == 0)[:, None]
    },
    "PERMUTED",
    also="SPARSE_ELEMENTS",
)
mistake("max_pool", "to_all", lambda p, x, u, g: {"input": u.repeat(2, axis=2).repeat(2, axis=3)}, "EXTRA_TERM")
mistake(
    "max_pool",
    "smallest",
    lambda p, x, u, g: {
        "input": (x.reshape(2, 1, 2, 2, 2, 2) == x.reshape(2, 1, 2, 2, 2, 2).min(axis=(3, 5), keepdims=True)).reshape(
            x.shape
        )
        * u.repeat(2, axis=2).repeat(2, axis=3)
    },
    "PERMUTED",
    also="SPARSE_ELEMENTS",
)
mistake(
    "max_pool_overlapping",
    "overwritten",
    lambda p, x, u, g: {"input": np.where(g["input"] != 0, np.sign(g["input"]) * np.abs(u).max(), 0)},
    also="NOT_LINEAR_IN_UPSTREAM",
)
mistake(
    "max_pool_overlapping",
    "shared_element_once",
    lambda p, x, u, g: {"input": _once(x, u)},
    "NOT_ACCUMULATED SPARSE_ELEMENTS",
)
mistake("average_pool", "not_divided", lambda p, x, u, g: {"input": g["input"] * 4}, "SCALE")
mistake("average_pool", "tiled_not_repeated", lambda p, x, u, g: {"input": np.tile(u, (1, 1, 2, 2)) / 4}, "PERMUTED")
mistake("global_average", "divided_by_side", lambda p, x, u, g: {"input": g["input"] * 2}, "SCALE")
mistake(
    "global_average", "one_corner", lambda p, x, u, g: {"input": u[:, :, None, None] * np.array([[1.0, 0], [0, 0]])}
)


def _once(
    x: np.ndarray[tuple[int, ...], np.dtype[np.float64]], u: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> object:
    where = np.stack([x[:, 2 * k : 2 * k + 3].argmax(axis=1) + 2 * k for k in range(3)], axis=1)
    result = np.zeros_like(x)
    result[np.arange(2)[:, None], where] = u
    return result
