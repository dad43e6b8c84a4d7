"""Staircases: forwards that cannot follow small steps, hidden among terms that can.

``log(1 - a)`` with ``a`` near 1 moves in jumps: for small steps it stands still, and a sum that it is part of shows
a smooth slope without it. Larger steps, on both sides alike, agree with each other on the slope that counts. (At a
kink nearby, the sides differ.)
"""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array, Booleans
from nnframe.verification.numerical.extrapolation import DifferenceTable

__all__ = ["on_a_staircase"]

FLAT = 1e-3
FINEST = 1e-6
ALIKE = 0.05
CLEARLY = 10.0


def on_a_staircase(data: DifferenceTable, slope: Array) -> tuple[Booleans, Array]:
    """Which lines agree with a plateau of larger steps that small steps fall off, and how wide the plateau is.

    A slope of zero never counts as agreeing: it must stand out of the plateau's width by far.

    Returns:
        (lines,) and (upstreams, lines).
    """
    central, tail = data.central, data.central[-4:]
    last = np.median(tail, axis=0)
    spread = np.abs(tail - last).max(0)
    gap = np.abs(central[1:-1] - central[2:])
    blur = 2 * np.maximum(gap, np.abs(central[:-2] - central[1:-1])) + FINEST * np.abs(central[1:-1])
    drop = np.abs(central[1:-1] - last)
    fell = (drop > CLEARLY * np.maximum(blur, spread)) & (drop > ALIKE * np.abs(central[1:-1]))
    flat = (blur <= 3 * FLAT * np.abs(central[1:-1])) & fell
    alike = np.abs(data.forward - data.backward)[1:-1] <= ALIKE * drop
    agrees = (np.abs(slope - central[1:-1]) <= blur) & (np.abs(slope) > CLEARLY * blur)
    good = flat & alike & agrees
    found = good.any(0)
    width = np.where(found, np.take_along_axis(blur, good.argmax(0)[None], 0)[0], 0.0)
    plain = np.abs(slope - np.median(central[-4:], axis=0)) <= FLAT * np.abs(slope)
    return np.asarray((found | plain).all(0) & found.any(0)), width
