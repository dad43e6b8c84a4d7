"""Noise: how uncertain a forward is, in units of a model that the measurements may then scale up."""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array

__all__ = ["tail_noise", "unit_roundoff"]

FEW = 256


def unit_roundoff(output: Array) -> float:
    """The unit round-off of the arithmetic that an output came out of.

    An array of float64 whose values are all float32 numbers was rounded to float32 somewhere.

    >>> unit_roundoff(np.array([0.1])) == 2.0**-53, unit_roundoff(np.array([0.1], np.float32)) == 2.0**-24
    (True, True)
    """
    if output.dtype.itemsize < 8:
        return float(np.finfo(output.dtype).eps) / 2
    few: Array = output.flat[:FEW]
    if not bool((few.astype(np.float32) == few).all()):
        return 2.0**-53
    if output.size and bool((output.astype(np.float32) == output).all()) and not bool((_coarse(output)).all()):
        return 2.0**-24
    return 2.0**-53


def _coarse(output: Array) -> Array:
    """Which values have so few digits (0, 1, 0.5, 3) that they say nothing about the precision."""
    mantissa = np.frexp(output)[0] * 2.0**12
    return np.asarray(mantissa == np.round(mantissa))


def tail_noise(central: Array, steps: Array, quantum: Array) -> Array:
    """The noise of each line in units of its model, from the rungs with the smallest steps.

    Between neighbouring rungs the slope changes by truncation (which shrinks with the step), by a jump (once), or by
    noise over step. So the median of ``|C_k - C_{k+1}| h_{k+1} / q`` over the last rungs is the noise.

    Args:
        central: (rungs, upstreams, lines) slopes, from large steps to small ones.
        steps: (rungs, 1, 1).
        quantum: The noise that the model predicts, of the shape of ``central``.
    """
    samples = np.abs(central[:-1] - central[1:]) * steps[1:] / quantum[1:]
    tail = samples[-6:]
    usable = np.isfinite(tail)
    tail = np.where(usable, tail, 0.0)
    ordered = np.sort(tail, axis=0)
    count = usable.sum(axis=0)
    middle = np.clip(tail.shape[0] - 1 - count // 2, 0, tail.shape[0] - 1)
    return np.asarray(1.5 * np.take_along_axis(ordered, middle[None], 0)[0])
