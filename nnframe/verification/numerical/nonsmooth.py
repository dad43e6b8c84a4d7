"""Kinks and staircases: where the slopes on both sides differ, and where a forward does not follow small steps.

A kink is a jump between one-sided slopes that is still there at the smallest step at which it could be seen. Near a
kink (1e-9 beside it) smaller steps find one slope, and that is the derivative.

At a kink every value between the one-sided slopes is a subgradient, output by output (Clarke 1975, "Generalized
gradients and applications").

``log(1 - a)`` with ``a`` near 1 moves in jumps: for small steps it stands still, and a sum that it is part of shows
a smooth slope without it. Larger steps, on both sides alike, agree with each other on the slope that counts. (At a
kink nearby, the sides differ.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.extrapolation import DifferenceTable, Estimate
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle

__all__ = ["compute_brackets", "find_kinks", "find_staircases"]

RESOLVED = 12.0
FLAT = 1e-3
FINEST = 1e-6
ALIKE = 0.05
CLEARLY = 10.0
FEWEST_RUNGS = 4


def find_kinks(data: DifferenceTable, found: Estimate) -> tuple[Booleans, Integers, Array]:
    """Which lines have a kink at the point, the rung at which its slopes are known best, and how well.

    Returns:
        (lines,) whether there is one under some upstream; (lines,) the index of the rung; and (upstreams, lines) what
        the one-sided slopes there may be off by: noise over step, and twice what they change by until the next rung.
    """
    jump = np.abs(data.forward - data.backward)
    jump = np.where(np.isfinite(jump), jump, 0.0)
    noise = RESOLVED * found.noise / data.steps
    resolved = jump > np.maximum(noise, 1e-7 * np.abs(data.central))
    rungs = len(jump)
    last = rungs - 1 - resolved[::-1].argmax(0)
    last = np.where(resolved.any(0), last, 0)
    here, before, earlier, after = (_at(jump, last + shift) for shift in (0, -1, -2, 1))
    steady = (here > before / 2) & (here < 4 * before) & (before > earlier / 2) & (before < 4 * earlier)
    unseen = (last == rungs - 1) | (_at(noise, last + 1) > here / 2) | (after > here / 2)
    kink = steady & unseen & (last >= 2) & resolved.any(0)
    best = np.where(kink, last, -1).max(0)
    off = 2 * found.noise / data.steps[:-1] + 2 * _changes(data)
    late = np.arange(rungs - 1)[:, None] > best - 1
    rung = np.where(late, np.inf, np.where(np.isfinite(off), off, np.inf).max(1)).argmin(0)
    return np.asarray(kink.any(0)), rung, np.take_along_axis(off, rung[None, None], 0)[0]


def _changes(data: DifferenceTable) -> Array:
    """How much the one-sided slopes change from each rung to the next."""
    return np.asarray(np.abs(np.diff(data.forward, axis=0)) + np.abs(np.diff(data.backward, axis=0)))


def _at(data: Array, rung: Integers) -> Array:
    clipped = np.clip(rung, 0, len(data) - 1)
    return np.asarray(np.take_along_axis(data, clipped[None], 0)[0])


def compute_brackets(
    evaluator: Evaluator, partition: Partition, bundles: Sequence[Bundle], steps: Sequence[float]
) -> tuple[Array, Array]:
    """The lowest and the highest slope that a right pullback may give on each line: (upstreams, lines) each.

    Output by output the slope lies between the two one-sided ones; the bounds are the sums of those, since a pullback
    may choose a different subgradient for each output.
    """
    weights = evaluator.arrange(partition).weights
    lows, highs = [], []
    for bundle, step in zip(bundles, steps, strict=True):
        right = weights * evaluator.measure_changes(partition, [bundle], step)[0] / step
        left = -weights * evaluator.measure_changes(partition, [bundle], -step)[0] / step
        lows.append(np.minimum(right, left).sum(1))
        highs.append(np.maximum(right, left).sum(1))
    return np.concatenate(lows, axis=1), np.concatenate(highs, axis=1)


def find_staircases(data: DifferenceTable, slope: Array) -> tuple[Booleans, Array]:
    """Which lines agree with a plateau of larger steps that small steps fall off, and how wide the plateau is.

    A slope of zero never counts as agreeing: it must stand out of the plateau's width by far.

    Returns:
        (lines,) and (upstreams, lines).
    """
    central, tail = data.central, data.central[-FEWEST_RUNGS:]
    if len(tail) < FEWEST_RUNGS:  # half precision has so few steps
        return np.zeros(slope.shape[1], dtype=bool), np.zeros(slope.shape)
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
    plain = np.abs(slope - last) <= FLAT * np.abs(slope)
    return np.asarray((found | plain).all(0) & found.any(0)), width
