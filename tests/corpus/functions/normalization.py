"""Normalizations, in which every output depends on every input of its group."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import Gradients, Result, right
from tests.corpus.data import normal, positive

EPSILON = 1e-5


def standardized(x: Any, axis: Any) -> tuple[Any, Any]:
    """Mean zero and variance one along axes; and the map from upstream to input gradient."""
    centred = x - x.mean(axis=axis, keepdims=True)
    inverse = 1 / np.sqrt((centred**2).mean(axis=axis, keepdims=True) + EPSILON)
    normal_form = centred * inverse

    def back(upstream: Any) -> Any:
        shared = upstream.mean(axis=axis, keepdims=True)
        along = (upstream * normal_form).mean(axis=axis, keepdims=True)
        return inverse * (upstream - shared - normal_form * along)

    return normal_form, back


def normalizing(p: Any, x: Any, axis: Any, shape: Any = (-1,)) -> Result:
    """Standardize along axes, then scale and shift."""
    normal_form, back = standardized(x, axis)
    scale, shift = p["scale"].reshape(shape), p["shift"].reshape(shape)
    others = tuple(number for number in range(x.ndim) if np.broadcast_to(scale, x.shape).strides[number] == 0)

    def pullback(upstream: Any) -> Gradients:
        return back(upstream * scale), {
            "scale": (upstream * normal_form).sum(axis=others).reshape(p["scale"].shape),
            "shift": upstream.sum(axis=others).reshape(p["shift"].shape),
        }

    return normal_form * scale + shift, pullback


@right("batch_norm", normal(6, 3), scale=normal(3), shift=normal(3))
def batch_norm(p: Any, x: Any) -> Result:
    """Standardize each feature over the batch."""
    return normalizing(p, x, 0)


@right("batch_norm2d", normal(3, 2, 3, 3), scale=normal(2), shift=normal(2))
def batch_norm2d(p: Any, x: Any) -> Result:
    """Standardize each channel over batch and plane."""
    return normalizing(p, x, (0, 2, 3), (2, 1, 1))


@right("layer_norm", normal(4, 5), scale=normal(5), shift=normal(5))
def layer_norm(p: Any, x: Any) -> Result:
    """Standardize each member of the batch."""
    return normalizing(p, x, 1)


@right("instance_norm", normal(2, 3, 6), scale=normal(3), shift=normal(3))
def instance_norm(p: Any, x: Any) -> Result:
    """Standardize each channel of each member."""
    return normalizing(p, x, 2, (3, 1))


@right("rms_norm", normal(4, 5), scale=normal(5))
def rms_norm(p: Any, x: Any) -> Result:
    """Divide by the root of the mean square."""
    inverse = 1 / np.sqrt((x**2).mean(axis=1, keepdims=True) + EPSILON)

    def pullback(upstream: Any) -> Gradients:
        inner = upstream * p["scale"]
        along = (inner * x).mean(axis=1, keepdims=True)
        return inverse * inner - x * inverse**3 * along, {"scale": (upstream * x * inverse).sum(axis=0)}

    return x * inverse * p["scale"], pullback


@right("unit_length", normal(4, 3))
def unit_length(p: Any, x: Any) -> Result:
    """``x / |x|`` of each row."""
    length = np.sqrt((x**2).sum(axis=1, keepdims=True))
    direction = x / length

    def pullback(upstream: Any) -> Gradients:
        return (upstream - direction * (upstream * direction).sum(axis=1, keepdims=True)) / length, {}

    return direction, pullback


@right("weight_norm", normal(5, 4), direction=normal(4, 3), length=positive(3))
def weight_norm(p: Any, x: Any) -> Result:
    """``x (g v / |v|)`` with columns of given length."""
    norm = np.sqrt((p["direction"] ** 2).sum(axis=0))
    unit = p["direction"] / norm

    def pullback(upstream: Any) -> Gradients:
        of_weight = x.T @ upstream
        along = (of_weight * unit).sum(axis=0)
        return upstream @ (unit * p["length"]).T, {
            "direction": p["length"] / norm * (of_weight - unit * along),
            "length": along,
        }

    return x @ (unit * p["length"]), pullback


@right("batch_norm_inference", normal(4, 3), scale=normal(3), shift=normal(3), mean=normal(3), variance=positive(3))
def batch_norm_inference(p: Any, x: Any) -> Result:
    """``s (x − m) / √v + t`` with moments that are parameters."""
    inverse = 1 / np.sqrt(p["variance"] + EPSILON)
    centred = x - p["mean"]

    def pullback(upstream: Any) -> Gradients:
        inner = upstream * p["scale"]
        return inner * inverse, {
            "scale": (upstream * centred * inverse).sum(axis=0),
            "shift": upstream.sum(axis=0),
            "mean": -(inner * inverse).sum(axis=0),
            "variance": -0.5 * (inner * centred * inverse**3).sum(axis=0),
        }

    return p["scale"] * centred * inverse + p["shift"], pullback
