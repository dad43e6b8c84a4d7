"""Mistakes in normalizations: mean or variance taken for constants."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tests.corpus.functions.normalization import EPSILON, standardized
from tests.corpus.handwritten.mistake import mistake

TERM = "MISSING_TERM"
GROUPS: dict[str, tuple[Any, Any]] = {
    "batch_norm": (0, (-1,)),
    "layer_norm": (1, (-1,)),
    "batch_norm2d": ((0, 2, 3), (2, 1, 1)),
    "instance_norm": (2, (3, 1)),
}


def without(mean: bool, variance: bool, axis: Any, view: Any, p: Any, x: Any, u: Any, g: Any) -> dict[str, Any]:
    """The gradient of the input, without the terms of the mean or the variance."""
    inner = u * p["scale"].reshape(view)
    normal_form = standardized(x, axis)[0]
    inverse = 1 / np.sqrt(x.var(axis=axis, keepdims=True) + EPSILON)
    through_mean = 0 if mean else inner.mean(axis=axis, keepdims=True)
    through_variance = 0 if variance else normal_form * (inner * normal_form).mean(axis=axis, keepdims=True)
    return {"input": inverse * (inner - through_mean - through_variance)}


for case_name, (axis, view) in GROUPS.items():
    mistake(case_name, "mean_and_variance_constant", functools.partial(without, True, True, axis, view), TERM)
    mistake(case_name, "variance_constant", functools.partial(without, False, True, axis, view), TERM)
    mistake(case_name, "mean_constant", functools.partial(without, True, False, axis, view), TERM)
    mistake(case_name, "epsilon_forgotten", lambda p, x, u, g: {"scale": g["scale"] * (1 + 2e-5)}, "SCALE")
mistake("batch_norm", "scale_of_raw_input", lambda p, x, u, g: {"scale": (u * x).sum(axis=0)})
mistake("batch_norm", "not_scaled", lambda p, x, u, g: {"input": g["input"] / p["scale"]})
mistake(
    "layer_norm",
    "scale_over_features",
    lambda p, x, u, g: {"scale": np.resize((u * standardized(x, 1)[0]).sum(axis=1), 5)},
    also="WRONG_AXIS_SUM",
)
mistake("layer_norm", "over_batch", lambda p, x, u, g: {"input": standardized(x, 0)[1](u * p["scale"])})
mistake(
    "rms_norm",
    "root_constant",
    lambda p, x, u, g: {"input": u * p["scale"] / np.sqrt((x**2).mean(axis=1, keepdims=True) + EPSILON)},
    TERM,
)
mistake(
    "rms_norm",
    "sum_for_mean",
    lambda p, x, u, g: {
        "input": (
            u * p["scale"] - x * (u * p["scale"] * x).sum(axis=1, keepdims=True) / ((x**2).mean(axis=1, keepdims=True))
        )
        / np.sqrt((x**2).mean(axis=1, keepdims=True))
    },
)
mistake(
    "unit_length", "length_constant", lambda p, x, u, g: {"input": u / np.linalg.norm(x, axis=1, keepdims=True)}, TERM
)
mistake(
    "weight_norm",
    "length_constant",
    lambda p, x, u, g: {"direction": p["length"] / np.linalg.norm(p["direction"], axis=0) * (x.T @ u)},
    TERM,
)
mistake("weight_norm", "unscaled", lambda p, x, u, g: {"direction": g["direction"] / p["length"]})
mistake("batch_norm_inference", "variance_exponent", lambda p, x, u, g: {"variance": g["variance"] * p["variance"]})
mistake("batch_norm_inference", "mean_sign", lambda p, x, u, g: {"mean": -g["mean"]}, "SIGN")
