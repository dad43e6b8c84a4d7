"""Mistakes in normalizations."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.functions.norms import EPSILON, standardized, unstandardized
from tests.faults.mistakes.mistake import mistake

TERM, SUM, AXIS = "MISSING_TERM", "MISSING_BROADCAST_SUM", "WRONG_AXIS_SUM"


def of_standardized(function: str, axis: int) -> None:
    """Enter the mistakes that can be made wherever something is standardized."""
    mistake(
        function,
        "mean_and_variance_constant",
        lambda p, x, u, g: {"input": u * p["scale"] * standardized(x, axis)[1]},
        TERM,
    )
    mistake(
        function,
        "variance_constant",
        lambda p, x, u, g: {
            "input": standardized(x, axis)[1] * (u * p["scale"] - (u * p["scale"]).mean(axis=axis, keepdims=True))
        },
        TERM,
    )
    mistake(
        function,
        "mean_constant",
        lambda p, x, u, g: {
            "input": g["input"] + standardized(x, axis)[1] * (u * p["scale"]).mean(axis=axis, keepdims=True)
        },
        TERM,
    )
    mistake(
        function,
        "scale_forgotten",
        lambda p, x, u, g: {"input": unstandardized(u, *standardized(x, axis), axis)},
        also="SCALE",
    )
    mistake(
        function,
        "other_axis",
        lambda p, x, u, g: {"input": unstandardized(u * p["scale"], *standardized(x, axis), 1 - axis)},
        AXIS,
    )
    mistake(function, "scale_uses_input", lambda p, x, u, g: {"scale": (u * x).sum(axis=0)})
    mistake(function, "scale_of_one_row", lambda p, x, u, g: {"scale": (u * standardized(x, axis)[0])[0]}, SUM)
    mistake(function, "shift_mean", lambda p, x, u, g: {"shift": u.mean(axis=0)}, "BATCH_MEAN SCALE")


def batch_form(x: Any, v: Any, mean: float, product: float) -> Any:
    """``s (v - a Σ v - b z Σ v z)``: right where both numbers are one over the batch size."""
    z, s = standardized(x, 0)
    return s * (v - mean * v.sum(axis=0) - product * z * (v * z).sum(axis=0))


def rms_form(x: Any, v: Any) -> Any:
    """``s (v - z Σ v z)``, with a sum where a mean should be."""
    s = 1 / np.sqrt((x**2).mean(axis=1, keepdims=True) + EPSILON)
    return s * (v - x * s * (v * x * s).sum(axis=1, keepdims=True))


of_standardized("batch_norm", 0)
of_standardized("layer_norm", 1)
mistake(
    "batch_norm",
    "unbiased_variance",
    lambda p, x, u, g: {
        "input": batch_form(x, u * p["scale"], mean=1 / 5, product=1 / 4),
    },
)
mistake(
    "batch_norm",
    "sums_for_means",
    lambda p, x, u, g: {
        "input": batch_form(x, u * p["scale"], mean=1, product=1),
    },
)
mistake(
    "batch_norm",
    "epsilon_thousandth",
    lambda p, x, u, g: {"input": g["input"] / standardized(x, 0)[1] / np.sqrt(x.var(axis=0) + 1e-3)},
)
mistake("batch_norm", "deviation_not_inverted", lambda p, x, u, g: {"input": g["input"] / standardized(x, 0)[1] ** 2})
mistake(
    "group_norm",
    "groups_ignored",
    lambda p, x, u, g: {"input": unstandardized(u * p["scale"], *standardized(x, (1, 2)), (1, 2))},
)
mistake(
    "group_norm",
    "scale_over_batch_only",
    lambda p, x, u, g: {"scale": (u * standardized(x.reshape(2, 2, 6), 2)[0].reshape(x.shape)).sum(axis=0)[:, :1]},
    f"{SUM} {TERM}",
)
mistake(
    "group_norm",
    "shift_over_places_only",
    lambda p, x, u, g: {"shift": u[0].sum(axis=1, keepdims=True)},
    f"{SUM} {TERM}",
)
mistake(
    "instance_norm",
    "over_batch_too",
    lambda p, x, u, g: {"input": unstandardized(u * p["scale"], *standardized(x, (2, 3)), (0, 2, 3))},
)
mistake(
    "rms_norm",
    "constant_root",
    lambda p, x, u, g: {"input": u * p["scale"] / np.sqrt((x**2).mean(axis=1, keepdims=True) + EPSILON)},
    TERM,
)
mistake(
    "rms_norm",
    "sum_for_mean",
    lambda p, x, u, g: {
        "input": rms_form(x, u * p["scale"]),
    },
)
mistake(
    "rms_norm",
    "centred_like_layer_norm",
    lambda p, x, u, g: {"input": g["input"] - g["input"].mean(axis=1, keepdims=True)},
    also="EXTRA_TERM",
)
mistake("rms_norm", "scale_uses_input", lambda p, x, u, g: {"scale": (u * x).sum(axis=0)})
mistake(
    "weight_norm",
    "projection_forgotten",
    lambda p, x, u, g: {"direction": p["length"] / np.linalg.norm(p["direction"], axis=0) * (x.T @ u)},
    TERM,
)
mistake(
    "weight_norm",
    "not_divided_by_size",
    lambda p, x, u, g: {"direction": g["direction"] * np.linalg.norm(p["direction"], axis=0)},
)
mistake("weight_norm", "length_unnormalized", lambda p, x, u, g: {"length": ((x.T @ u) * p["direction"]).sum(axis=0)})
mistake(
    "weight_norm",
    "norm_of_rows",
    lambda p, x, u, g: {
        "direction": g["direction"]
        * np.linalg.norm(p["direction"], axis=0)
        / np.linalg.norm(p["direction"], axis=1, keepdims=True)
    },
)
mistake(
    "unit_rows",
    "projection_forgotten",
    lambda p, x, u, g: {"input": u / np.linalg.norm(x, axis=1, keepdims=True)},
    TERM,
)
mistake(
    "unit_rows",
    "projection_doubled",
    lambda p, x, u, g: {"input": 2 * g["input"] - u / np.linalg.norm(x, axis=1, keepdims=True)},
    "EXTRA_TERM",
)
mistake(
    "squash",
    "factor_constant",
    lambda p, x, u, g: {
        "input": u * np.linalg.norm(x, axis=1, keepdims=True) / (1 + (x**2).sum(axis=1, keepdims=True))
    },
    TERM,
)
mistake("whitened_scale", "mean_constant", lambda p, x, u, g: {"input": u / 2}, TERM)
mistake("whitened_scale", "root_forgotten", lambda p, x, u, g: {"input": 2 * g["input"]}, "SCALE")
