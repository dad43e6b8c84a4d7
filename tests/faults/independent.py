"""Derivatives by means that know nothing of pullbacks: complex steps, and central differences of eighth order."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from tests.faults.case import Point
from tests.faults.draws import Array

__all__ = ["FINE", "STEPS", "complex_derivative", "difference_derivative", "derivative_error"]

EIGHTH = {1: 4 / 5, 2: -1 / 5, 3: 4 / 105, 4: -1 / 280}
STEPS = (3e-2, 1e-2, 3e-3, 1e-3, 1e-4)
FINE = (1e-2, 1e-3, *(10.0**-power for power in range(4, 13)))


def complex_derivative(point: Point, path: str, upstream: Array) -> Array | None:
    """``Im f(x + i h) / h``; None where the function does not take complex numbers."""
    value = np.asarray(point.variables()[path], dtype=np.complex128)
    found = np.zeros(value.shape)
    for index in np.ndindex(value.shape):
        moved = value.copy()
        moved[index] += 1e-30j
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                output = point.moved(path, moved).output()
        except (TypeError, ValueError, Warning):
            return None
        if output.dtype.kind != "c":
            return None
        found[index] = (output.imag * upstream).sum() / 1e-30
    return found


def difference_derivative(point: Point, path: str, upstream: Array, step: float) -> Array:
    """Central differences of eighth order, with a step in units of each element (or of one, for small ones)."""
    value = np.asarray(point.variables()[path])
    found = np.zeros(value.shape)
    for index in np.ndindex(value.shape):
        size = step * max(abs(float(value[index])), 1.0)
        for count, weight in EIGHTH.items():
            for side in (1, -1):
                moved = value.copy()
                moved[index] += side * count * size
                with np.errstate(all="ignore"):
                    try:
                        output = point.moved(path, moved).output()
                    except np.linalg.LinAlgError:
                        output = np.full(upstream.shape, np.nan)
                found[index] += side * weight / size * float((output * upstream).sum())
    return found


def derivative_error(point: Point, path: str, steps: Sequence[float] = STEPS) -> float:
    """How far the pullback is from the derivative, relative to its largest element; the best means for each."""
    upstreams = point.upstreams(2)
    gradients = [np.asarray(point.gradients(upstream)[path]) for upstream in upstreams]
    scale = max([float(np.abs(gradient).max(initial=0)) for gradient in gradients])
    worst = 0.0
    for upstream, analytic in zip(upstreams, gradients, strict=True):
        estimates = [difference_derivative(point, path, upstream, step) for step in steps]
        exact = complex_derivative(point, path, upstream)
        if exact is not None and np.allclose(exact, estimates[len(steps) // 2], rtol=1e-6, atol=1e-8):
            estimates = [exact]
        gap = np.nanmin([np.abs(analytic - each) for each in estimates], axis=0)
        worst = max(worst, float(gap.max(initial=0)))
    return worst / scale if scale else worst
