"""Kinks: points where the slopes on both sides differ, however small the step.

A kink is a jump between one-sided slopes that is still there at the smallest step at which it could be seen. Near a
kink (1e-9 beside it) smaller steps find one slope, and that is the derivative.

At a kink every value between the one-sided slopes is a subgradient, output by output (Clarke 1975, "Generalized
gradients and applications").
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.extrapolation import DifferenceTable, Estimate
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle

__all__ = ["brackets", "kinked"]

RESOLVED = 12.0


def kinked(data: DifferenceTable, found: Estimate) -> tuple[Booleans, Integers, Array]:
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


def brackets(
    probe: Evaluator, partition: Partition, bundles: Sequence[Bundle], steps: Sequence[float]
) -> tuple[Array, Array]:
    """The lowest and the highest slope that a right pullback may give on each line: (upstreams, lines) each.

    Output by output the slope lies between the two one-sided ones; the bounds are the sums of those, since a pullback
    may choose a different subgradient for each output.
    """
    weights = probe.contraction(partition).weights
    lows, highs = [], []
    for bundle, step in zip(bundles, steps, strict=True):
        right = weights * probe.differences(partition, [bundle], step)[0] / step
        left = -weights * probe.differences(partition, [bundle], -step)[0] / step
        lows.append(np.minimum(right, left).sum(1))
        highs.append(np.maximum(right, left).sum(1))
    return np.concatenate(lows, axis=1), np.concatenate(highs, axis=1)
