"""Normalizations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, normal

EPSILON = 1e-5


def standardized(x: Array, axes: Any) -> tuple[Array, Array]:
    """``(x - mean) / deviation`` over some axes, and ``1 / deviation``."""
    inverse = 1 / np.sqrt(x.var(axis=axes, keepdims=True) + EPSILON)
    return np.asarray((x - x.mean(axis=axes, keepdims=True)) * inverse), np.asarray(inverse)


def unstandardized(u: Array, z: Array, inverse: Array, axes: Any) -> Array:
    """The pullback of ``standardized``."""
    return np.asarray(inverse * (u - u.mean(axis=axes, keepdims=True) - z * (u * z).mean(axis=axes, keepdims=True)))


@right(normal(5, 3), scale=normal(3), shift=normal(3))
def batch_norm(p: Parameters, x: Array) -> Result:
    """Each feature standardized over the batch."""
    z, inverse = standardized(x, 0)

    def pullback(u: Array) -> Gradients:
        of_x = unstandardized(u * p["scale"], z, inverse, 0)
        return of_x, {"scale": (u * z).sum(axis=0), "shift": u.sum(axis=0)}

    return z * p["scale"] + p["shift"], pullback


@right(normal(3, 4), scale=normal(4), shift=normal(4))
def layer_norm(p: Parameters, x: Array) -> Result:
    """Each row standardized."""
    z, inverse = standardized(x, 1)

    def pullback(u: Array) -> Gradients:
        of_x = unstandardized(u * p["scale"], z, inverse, 1)
        return of_x, {"scale": (u * z).sum(axis=0), "shift": u.sum(axis=0)}

    return z * p["scale"] + p["shift"], pullback


@right(normal(2, 4, 3), scale=normal(4, 1), shift=normal(4, 1))
def group_norm(p: Parameters, x: Array) -> Result:
    """Two groups of two channels, standardized over channels and places."""
    z, inverse = standardized(x.reshape(2, 2, 6), 2)
    flat = z.reshape(x.shape)

    def pullback(u: Array) -> Gradients:
        of_x = unstandardized((u * p["scale"]).reshape(z.shape), z, inverse, 2).reshape(x.shape)
        return of_x, {"scale": (u * flat).sum(axis=(0, 2))[:, None], "shift": u.sum(axis=(0, 2))[:, None]}

    return flat * p["scale"] + p["shift"], pullback


@right(normal(2, 2, 3, 2), scale=normal(2, 1, 1))
def instance_norm(p: Parameters, x: Array) -> Result:
    """Each channel of each image standardized."""
    z, inverse = standardized(x, (2, 3))

    def pullback(u: Array) -> Gradients:
        of_x = unstandardized(u * p["scale"], z, inverse, (2, 3))
        return of_x, {"scale": (u * z).sum(axis=(0, 2, 3))[:, None, None]}

    return z * p["scale"], pullback


@right(normal(3, 4), scale=normal(4))
def rms_norm(p: Parameters, x: Array) -> Result:
    """``x s / sqrt(mean x²)``."""
    inverse = 1 / np.sqrt((x**2).mean(axis=1, keepdims=True) + EPSILON)
    z = x * inverse

    def pullback(u: Array) -> Gradients:
        inner = u * p["scale"]
        return inverse * (inner - z * (inner * z).mean(axis=1, keepdims=True)), {"scale": (u * z).sum(axis=0)}

    return z * p["scale"], pullback


@right(normal(4, 3), direction=normal(3, 2), length=normal(2))
def weight_norm(p: Parameters, x: Array) -> Result:
    """``x (g V / |V|)``, columns of unit length."""
    size = np.sqrt((p["direction"] ** 2).sum(axis=0))
    unit = p["direction"] / size

    def pullback(u: Array) -> Gradients:
        of_weight = x.T @ u
        of_length = (of_weight * unit).sum(axis=0)
        of_direction = p["length"] / size * (of_weight - unit * of_length)
        return u @ (unit * p["length"]).T, {"direction": of_direction, "length": of_length}

    return x @ (unit * p["length"]), pullback


@right(normal(3, 4))
def unit_rows(p: Parameters, x: Array) -> Result:
    """``x / |x|``."""
    size = np.sqrt((x**2).sum(axis=1, keepdims=True))
    unit = x / size
    return unit, lambda u: ((u - unit * (u * unit).sum(axis=1, keepdims=True)) / size, {})


@right(normal(3, 4))
def squash(p: Parameters, x: Array) -> Result:
    """``|x|² / (1 + |x|²) x / |x|``: of capsules."""
    square = (x**2).sum(axis=1, keepdims=True)
    factor = np.sqrt(square) / (1 + square)

    def pullback(u: Array) -> Gradients:
        slope = (1 - square) / (1 + square) ** 2 / np.sqrt(square)
        return factor * u + x * slope * (u * x).sum(axis=1, keepdims=True), {}

    return factor * x, pullback


@right(normal(4, 3))
def whitened_scale(p: Parameters, x: Array) -> Result:
    """Columns without their mean, over the root of the number of rows."""
    root = math.sqrt(4)
    return (x - x.mean(axis=0)) / root, lambda u: ((u - u.mean(axis=0)) / root, {})
