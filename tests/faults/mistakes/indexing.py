"""Mistakes in functions that pick, place and move."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.draws import Array
from tests.faults.mistakes.mistake import mistake

OVER = "NOT_ACCUMULATED"


def written(like: Array, where: Any, u: Array) -> Array:
    """Zeros with ``u`` written at an index, so that of several contributions the last one stays."""
    result = np.zeros_like(like)
    result[where] = u
    return result


def plus_equals(like: Array, where: Any, u: Array) -> Array:
    """The same with ``+=``, which adds only once."""
    result = np.zeros_like(like)
    result[where] += u
    return result


mistake("embedding", "overwritten", lambda p, x, u, g: {"table": written(p["table"], x, u)}, OVER)
mistake("embedding", "plus_equals", lambda p, x, u, g: {"table": plus_equals(p["table"], x, u)}, OVER)
mistake(
    "embedding",
    "mean_by_count",
    lambda p, x, u, g: {"table": g["table"] / np.maximum(np.bincount(x.ravel(), minlength=5), 1)[:, None]},
    also="SPARSE_ELEMENTS",
)
mistake(
    "embedding",
    "padding_index_zeroed",
    lambda p, x, u, g: {"table": g["table"] * np.array([[0], [1], [1], [1], [1]])},
    "SPARSE_ELEMENTS",
)
mistake("embedding", "off_by_one", lambda p, x, u, g: {"table": np.roll(g["table"], 1, axis=0)}, "PERMUTED")
mistake(
    "embedding_bag",
    "overwritten",
    lambda p, x, u, g: {"table": written(p["table"], x, u[:, None] * p["weight"][:, None])},
    OVER,
)
mistake("embedding_bag", "weight_forgotten", lambda p, x, u, g: {"table": g["table"] / p["weight"].mean()})
mistake(
    "embedding_bag",
    "weight_of_first",
    lambda p, x, u, g: {"weight": np.einsum("d,nd->n", u[0], p["table"][x[0]])},
    "MISSING_BROADCAST_SUM MISSING_TERM",
)
mistake(
    "take_along",
    "overwritten",
    lambda p, x, u, g: {"input.0": written(x[0], (np.arange(3)[:, None], x[1]), u)},
    OVER,
    also="SPARSE_ELEMENTS",
)
mistake(
    "take_along",
    "index_of_first_row",
    lambda p, x, u, g: {"input.0": written(x[0], (np.arange(3)[:, None], x[1][:1]), u)},
)
mistake("segment_sum", "not_gathered", lambda p, x, u, g: {"input.0": np.resize(u, (6, 2))})
mistake("segment_sum", "over_segments", lambda p, x, u, g: {"input.0": u.sum(axis=0) + 0 * x[0]}, "WRONG_AXIS_SUM")
mistake("segment_mean", "count_forgotten", lambda p, x, u, g: {"input.0": u[x[1]]}, also="SPARSE_ELEMENTS")
mistake("segment_mean", "count_of_all", lambda p, x, u, g: {"input.0": u[x[1]] / 6})
mistake(
    "windows",
    "plus_equals",
    lambda p, x, u, g: {"input": plus_equals(x, np.arange(5)[:, None] + np.arange(3), u)},
    OVER,
)
mistake(
    "windows",
    "border_forgotten",
    lambda p, x, u, g: {"input": g["input"] * np.array([1, 1, 1, 1, 1, 1, 0.0])},
    "SPARSE_ELEMENTS",
)
mistake("rolled", "same_way", lambda p, x, u, g: {"input": np.roll(u * p["gain"], 2, axis=1)}, "PERMUTED")
mistake("rolled", "by_one", lambda p, x, u, g: {"input": np.roll(u * p["gain"], -1, axis=1)}, "PERMUTED")
mistake("rolled", "other_axis", lambda p, x, u, g: {"input": np.roll(u * p["gain"], -2, axis=None)}, "PERMUTED")
mistake("rolled", "gain_unrolled", lambda p, x, u, g: {"gain": (u * x).sum(axis=0)})
mistake(
    "difference",
    "own_place_only",
    lambda p, x, u, g: {"input": np.pad(u, ((0, 0), (1, 0)))},
    "MISSING_TERM",
    also="NOT_ACCUMULATED SPARSE_ELEMENTS",
)
mistake("difference", "sign", lambda p, x, u, g: {"input": -g["input"]}, "SIGN")
mistake(
    "difference",
    "overwritten",
    lambda p, x, u, g: {"input": np.concatenate([-u, u[:, -1:]], axis=1)},
    OVER,
    also="MISSING_TERM",
)
mistake("padded", "border_counts_inside", lambda p, x, u, g: {"border": u.sum()}, "EXTRA_TERM WRONG_AXIS_SUM")
mistake("padded", "corner_of_border", lambda p, x, u, g: {"border": u[0, 0]}, "MISSING_BROADCAST_SUM")
mistake("padded", "inside_shifted", lambda p, x, u, g: {"input": u[:2, :3]}, also="PERMUTED")
mistake(
    "reflected",
    "border_dropped",
    lambda p, x, u, g: {"input": u[..., 2:-2]},
    "MISSING_TERM NOT_ACCUMULATED",
    also="SPARSE_ELEMENTS",
)
mistake(
    "reflected",
    "border_not_mirrored",
    lambda p, x, u, g: {
        "input": g["input"]
        - u[..., 1::-1].repeat(2, axis=2) * [0, 1, 1, 0]
        + u[..., :2].repeat(2, axis=2) * [0, 1, 1, 0]
    },
    also="SPARSE_ELEMENTS",
)
mistake(
    "concatenated",
    "halves_cut_elsewhere",
    lambda p, x, u, g: {"input.0": (u * p["scale"])[:, 3:], "input.1": (u * p["scale"])[:, :3]},
)
mistake("concatenated", "second_unscaled", lambda p, x, u, g: {"input.1": u[:, 2:]}, "WRONG_DERIVATIVE")
mistake("rearranged", "not_moved_back", lambda p, x, u, g: {"input": u.reshape(2, 3, 4)}, "PERMUTED")
mistake(
    "rearranged",
    "moved_the_same_way",
    lambda p, x, u, g: {"input": u.reshape(4, 2, 3).transpose(2, 0, 1).reshape(2, 3, 4)},
    "PERMUTED TRANSPOSED",
)
mistake("upsampled", "one_corner", lambda p, x, u, g: {"input": u[::2, ::2]}, "MISSING_BROADCAST_SUM MISSING_TERM")
mistake("upsampled", "mean", lambda p, x, u, g: {"input": g["input"] / 4}, "SCALE BATCH_MEAN")
mistake(
    "upsampled",
    "one_direction",
    lambda p, x, u, g: {"input": u[:, ::2].reshape(2, 2, 3).sum(axis=1)},
    "MISSING_TERM MISSING_BROADCAST_SUM",
)
mistake("triangular", "by_columns", lambda p, x, u, g: {"entries": (x.T @ u).T[np.tril_indices(3)]})
mistake("triangular", "upper", lambda p, x, u, g: {"entries": (x.T @ u)[np.triu_indices(3)]})
