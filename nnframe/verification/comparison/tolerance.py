"""Tolerances: what may lie between a right gradient and a measured derivative besides the error bar of the measurement.

Each term is relative to the gradient itself, so none lets a zero or a sign-flipped gradient through:

- the round-off of the pullback: 32 units of what it summed, and of the largest element of its array;
- ``OWN`` of the derivative itself: what iterations that were stopped early and rational approximations leave behind;
- ``LARGEST`` of the array's largest derivative: elements this small do not count beside it.
"""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array

__all__ = ["LARGEST", "OWN", "UNITS", "allowance", "reference"]

UNITS = 32.0
OWN = 4e-7
LARGEST = 2e-7


def reference(analytic: Array, numeric: Array, scales: Array) -> Array:
    """(upstreams, 1) the size of the array's largest gradient; the smaller of both sides.

    Args:
        analytic: (upstreams, lines) slopes promised.
        numeric: (upstreams, lines) slopes measured; NaN where they were not.
        scales: (lines,) the length of each line's direction.
    """
    both = [np.abs(each) / scales for each in (analytic, numeric)]
    largest = [np.where(np.isfinite(each), each, 0.0).max(axis=1, keepdims=True) for each in both]
    return np.asarray(np.minimum(largest[0], largest[1]))


def allowance(numeric: Array, size: Array, terms: Array, largest: Array, unit: float, *, strict: bool = False) -> Array:
    """What may lie between a right gradient and its measured value, besides the error bar.

    Args:
        numeric: (upstreams, lines) measured slopes.
        size: What the promised slopes were summed from.
        terms: What the measured slopes were summed from.
        largest: The size of the array's largest gradient.
        unit: The unit round-off of the pullback.
        strict: Round-off alone (for directions, where a relative term would cover a whole element).
    """
    round_off = UNITS * unit * (size + terms + largest)
    if strict:
        return round_off
    relative = max(OWN, 4 * UNITS * unit)
    return np.asarray(round_off + relative * np.abs(numeric) + max(LARGEST, UNITS * unit) * largest)
