"""Symmetry of second derivatives: what is no gradient of anything has ``⟨u, Hv⟩ ≠ ⟨Hu, v⟩``.

``Hv`` is the difference of two gradients; no value of the function is needed, so this sees what a wrong forward hides.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.verification.crosschecks.objective import Objective

__all__ = ["Symmetry", "hessian_symmetry"]

STEPS = tuple(2.0**exponent for exponent in (-13, -15, -17, -19))
SAFETY = 20.0


@frozen
class Symmetry:
    """What was measured for one pair of directions, the worst of several.

    Attributes:
        left: ``⟨u, Hv⟩``.
        right: ``⟨Hu, v⟩``.
        error_bar: How far the two may be apart, as far as differences can tell.
        scale: ``‖u‖‖Hv‖ + ‖v‖‖Hu‖``, what both are to be compared with.

    >>> Symmetry(1.0, 1.0, 1e-9, 2.0).symmetric
    True
    """

    left: float
    right: float
    error_bar: float
    scale: float

    @property
    def symmetric(self) -> bool:
        """Whether the two agree within the error bar."""
        return abs(self.left - self.right) <= self.error_bar

    @property
    def decided(self) -> bool:
        """Whether an asymmetry of one per cent would have been seen; where not, there may be kinks, or noise."""
        return not self.symmetric or self.error_bar <= 0.01 * self.scale or self.scale == 0


def hessian_symmetry(objective: Objective, point: Array, *, pairs: int = 3, seed: int = 0) -> Symmetry:
    """Compare ``⟨u, Hv⟩`` with ``⟨Hu, v⟩`` for random directions; returns the worst pair.

    Args:
        objective: A point to a value and a gradient; only the gradient is used.
        point: (n,).
        pairs: How many pairs of directions.
        seed: Draws them.

    >>> right = lambda x: (0.0, np.array([2 * x[0] * x[1], x[0] ** 2]))
    >>> wrong = lambda x: (0.0, np.array([2 * x[0] * x[1], x[0] ** 3]))
    >>> at = np.array([2.0, 3.0])
    >>> hessian_symmetry(right, at).symmetric, hessian_symmetry(wrong, at).symmetric
    (True, False)
    """
    rng = np.random.default_rng(seed)
    scale = np.maximum(np.abs(point), 0.1)
    found = [_pair(objective, point, *(rng.choice([-1.0, 1.0], (2, point.size)) * scale)) for _ in range(pairs)]
    return max(found, key=lambda each: abs(each.left - each.right) / max(each.error_bar, 1e-300))


def _pair(objective: Objective, point: Array, u: Array, v: Array) -> Symmetry:
    """The step at which neighbouring steps agree best decides, and how well they agree is the error bar."""
    measured = []
    for step in STEPS:
        hv, hu = (_difference(objective, point, direction, step) for direction in (v, u))
        size = float(np.linalg.norm(u) * np.linalg.norm(hv) + np.linalg.norm(v) * np.linalg.norm(hu))
        measured.append((float(u @ hv), float(v @ hu), size))
    best = Symmetry(0.0, 0.0, math.inf, 0.0)
    for before, (left, right, size) in pairwise(measured):
        spread = abs(left - before[0]) + abs(right - before[1])
        bar = SAFETY * spread + 1e-9 * size
        if bar < best.error_bar:
            best = Symmetry(left, right, bar, size)
    return best


def _difference(objective: Objective, point: Array, direction: Array, step: float) -> Array:
    ahead, behind = (objective(point + sign * step * direction)[1] for sign in (1.0, -1.0))
    difference: Array = (ahead - behind) / (2 * step)
    return difference
