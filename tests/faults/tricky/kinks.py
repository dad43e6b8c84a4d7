"""Exactly at a kink: no derivative, and a pullback that gives one of the values that are right."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.case import Gradients, Parameters, Result
from tests.faults.draws import Array, exactly, pair
from tests.faults.tricky.entry import curve, known, tricky

AT = [0.0, 1.0, -2.0]
curve("relu_at_zero", lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(x.dtype), AT, kink=True)
curve("relu_at_zero_slope_one", lambda x: np.maximum(x, 0), lambda x: (x >= 0).astype(x.dtype), AT, kink=True)
curve("relu_at_zero_slope_half", lambda x: np.maximum(x, 0), lambda x: (np.sign(x) + 1) / 2, AT, kink=True)
curve("relu_all_at_zero", lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(x.dtype), np.zeros((2, 3)), kink=True)
curve("absolute_at_zero", np.abs, np.sign, AT, kink=True)
curve("absolute_only_zero", np.abs, np.sign, 0.0, kink=True)
curve("leaky_at_zero", lambda x: np.where(x > 0, x, x / 8), lambda x: np.where(x > 0, 1, 0.125), AT, kink=True)
curve(
    "clip_at_both_ends",
    lambda x: np.clip(x, -1, 1),
    lambda x: ((x > -1) & (x < 1)) * 1.0,
    [-1.0, 1.0, 0.3, 4.0],
    kink=True,
)
curve("relu6_at_six", lambda x: np.clip(x, 0, 6), lambda x: ((x > 0) & (x <= 6)) * 1.0, [6.0, 0.0, 3.0], kink=True)
curve(
    "dead_zone",
    lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    lambda x: (np.abs(x) > 0.5) * 1.0,
    [0.5, -0.5, 0.0, 2.0],
    kink=True,
)
curve(
    "triangle_wave",
    lambda x: np.abs(x - np.round(x)),
    lambda x: np.sign(x - np.round(x)),
    [0.0, 0.25, 1.0, -0.3],
    kink=True,
)
known(
    "prelu_at_zero", "prelu", x=exactly([[0.0, 1, -1], [2.0, 0, -1]]), slope=exactly([0.3, 0.2, 0.1]), kinks=("input",)
)
known(
    "dense_relu_zero_bias_zero_input",
    "dense_relu",
    x=exactly(np.zeros((2, 3))),
    bias=exactly(np.zeros(2)),
    kinks=("input", "weight", "bias"),
)
known(
    "hinge_at_margin",
    "hinge",
    x=pair(exactly([1.0, -1.0, 0.5]), exactly([1.0, -1.0, 1.0])),
    kinks=("input.0", "input.1"),
)
known("quantile_at_zero", "quantile", x=pair(exactly([0.0, 1.0]), exactly([0.0, 0.3])), kinks=("input.0", "input.1"))
known(
    "minimum_of_equals",
    "minimum",
    x=pair(exactly([[1.0, 2], [3, 4]]), exactly([[1.0, 5], [0, 4]])),
    kinks=("input.0", "input.1"),
)
known("norm_with_one_zero", "norm_total", x=exactly([[0.0, 1.0], [2.0, 0.0]]))


def max_first(p: Parameters, x: Array) -> Result:
    """The largest of each row; of equals the first gets the gradient."""
    where = x.argmax(axis=1)

    def pullback(u: Array) -> Gradients:
        return u[:, None] * (np.arange(x.shape[1]) == where[:, None]), {}

    return x.max(axis=1), pullback


def max_shared(p: Parameters, x: Array) -> Result:
    """The largest of each row; equals share the gradient."""
    top = x == x.max(axis=1, keepdims=True)
    return x.max(axis=1), lambda u: (u[:, None] * top / top.sum(axis=1, keepdims=True), {})


def sorted_rows(p: Parameters, x: Array) -> Result:
    """Rows in order."""
    order = x.argsort(axis=1, kind="stable")

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        np.put_along_axis(of_x, order, u, axis=1)
        return of_x, {}

    return np.sort(x, axis=1), pullback


def pooled(p: Parameters, x: Array) -> Result:
    """The largest of each two, of equals the first."""
    pairs = x.reshape(len(x), -1, 2)
    first = (pairs[..., 0] >= pairs[..., 1])[..., None]

    def pullback(u: Array) -> Gradients:
        return (u[..., None] * np.concatenate([first, ~first], axis=-1)).reshape(x.shape), {}

    return pairs.max(axis=2), pullback


def l1_norm(p: Parameters, x: Any) -> Result:
    """The sum of absolute values, times a factor."""
    return p["rate"] * np.abs(x).sum(), lambda u: (
        u * p["rate"] * np.sign(x),
        {"rate": np.asarray(u * np.abs(x).sum())},
    )


TIES: dict[str, Any] = {
    "one_pair": [[3.0, 3.0, 1.0], [0.5, 2.0, -1.0]],
    "all_equal": [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]],
    "all_zero": np.zeros((2, 3)),
}
for tie, rows in TIES.items():
    tricky(f"max_first_{tie}", max_first, exactly(rows), kinks=("input",))
    tricky(f"max_shared_{tie}", max_shared, exactly(rows), kinks=("input",))
tricky("sort_with_ties", sorted_rows, exactly([[2.0, 2, 1, 3], [0, 0, 0, 1]]), kinks=("input",))
tricky("pool_with_ties", pooled, exactly([[1.0, 1, 0, 2], [0, 0, 0, 0]]), kinks=("input",))
tricky("l1_norm_with_zeros", l1_norm, exactly([0.0, 1.5, 0.0, -2.0]), kinks=("input",), rate=exactly(0.1))
