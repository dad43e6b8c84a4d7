"""Estimate: the derivative along each line from a ladder of steps, with an error bar that was observed.

Neighbouring rungs differ by ``g_k = |C_k - C_{k+1}|``. Where the error of a slope goes down by a factor ρ from rung to
rung (64 for central differences of a smooth function, 8 at a joint like Huber's, √8 next to a power 3/2), what is left
after rung ``k + 1`` is ``g_k / (ρ - 1)``; ρ is taken from the rungs themselves, and Richardson's extrapolation
(1927, "The deferred approach to the limit") moves the estimate by as much. Noise over step is the other
half of the bar.

A rung that later, smaller steps contradict does not count: a kink, or a hump, lies between.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.verification.floats import tolerance
from nnframe.verification.floats.roundoff import tail_noise
from nnframe.verification.numerical.difference import CentralDifference

__all__ = ["Estimate", "DifferenceTable", "estimate_slopes", "find_smallest_move", "tabulate"]

INFINITE = float("inf")


@frozen(eq=False)
class DifferenceTable:
    """Rungs as arrays of shape (rungs, upstreams, lines), from large steps to small ones."""

    steps: Array
    forward: Array
    backward: Array
    central: Array
    quantum: Array
    moved: Array
    still: Array
    terms: Array
    unit: float


@frozen(eq=False)
class Estimate:
    """The derivative along each line.

    Args:
        value: (upstreams, lines).
        bar: How far it may be from the true value: six units of noise over step, and twice the truncation.
        noise: The noise part alone, times the step: what the forward cannot resolve.
        terms: The size of what was summed into the slope.
    """

    value: Array
    bar: Array
    noise: Array
    terms: Array


def tabulate(rungs: Sequence[CentralDifference]) -> DifferenceTable:
    """Put rungs together, largest step first; one-sided slopes where only one side is in the domain everywhere."""
    ordered = sorted(rungs, key=lambda each: -each.step)
    steps = np.array([each.step for each in ordered])[:, None, None]
    plus, minus = np.stack([each.plus for each in ordered]), np.stack([each.minus for each in ordered])
    forward, backward = plus / steps, -minus / steps
    central = (forward + backward) / 2
    central = np.where(np.isfinite(central).any(0), central, np.where(np.isfinite(forward).any(0), forward, backward))
    usable = np.isfinite(plus) | np.isfinite(minus)
    quantum = np.maximum.accumulate(np.where(usable, np.stack([each.quantum for each in ordered]), 0.0))
    terms = np.stack([each.terms for each in ordered]) / (2 * steps)
    moved = (plus != 0) & (minus != 0) & np.isfinite(plus) & np.isfinite(minus)
    still = np.where(usable, np.stack([each.still for each in ordered]), INFINITE).min(0)
    still = np.where(np.isfinite(still), still, 0.0)
    return DifferenceTable(steps, forward, backward, central, quantum, moved, still, terms, ordered[0].unit)


def estimate_slopes(data: DifferenceTable, floor: float = 2.0, *, measured: bool = True) -> Estimate:
    """The best estimate of each line, out of all rungs.

    Args:
        data: At least two rungs.
        floor: The least noise, in units of the model.
        measured: Whether to take the noise from the smallest steps (wants a whole ladder).
    """
    quantum = np.maximum(data.quantum, np.finfo(np.float64).tiny)
    unit = np.full(data.central.shape[1:], floor)
    if measured and len(data.central) > 4:
        own = tail_noise(data.central, data.steps, quantum)
        unit = np.maximum(np.maximum(unit, own), np.median(own))
    noise = np.maximum(unit * data.quantum, find_smallest_move(data)) + _rounded_point(data)
    values, truncation = _candidates(data.central)
    table = tolerance.TABLE
    bars = table.sigmas * (noise[1:] / data.steps[1:] + data.still / data.steps[0]) + table.truncations * truncation
    bars = np.where(np.isfinite(bars) & np.isfinite(values), bars, INFINITE)
    bars = np.where(_contradicted(data, values, bars, noise), INFINITE, bars)
    best = np.argmin(bars, axis=0)[None]
    value, bar = np.take_along_axis(values, best, 0)[0], np.take_along_axis(bars, best, 0)[0]
    terms = np.take_along_axis(data.terms[1:], best, 0)[0]
    return Estimate(value, bar, np.take_along_axis(noise[1:], best, 0)[0], terms)


def _candidates(central: Array) -> tuple[Array, Array]:
    """An extrapolated value after each pair of neighbouring rungs, and the truncation that it may still have."""
    change = central[1:] - central[:-1]
    gap = np.abs(change)
    ratio = np.full_like(gap, 8.0)
    if len(gap) > 1:
        observed = gap[:-1] / np.where(gap[1:] > 0, gap[1:], 1.0)
        observed = np.where(np.isfinite(observed), observed, 8.0)
        ratio[1:] = np.clip(np.where(gap[1:] > 0, observed, 64.0), 1.5, 64.0)
        ratio[0] = np.maximum(ratio[1], 8.0)
        ratio[2:] = np.minimum(ratio[2:], np.maximum(ratio[1:-1], 2.5))
    left = gap / (ratio - 1)
    values = central[1:] + change / (np.where(ratio >= 8.0, 64.0, ratio) - 1)
    return values, left


def _contradicted(data: DifferenceTable, values: Array, bars: Array, noise: Array) -> Array:
    """Which candidates a rung with a smaller step disagrees with."""
    contradicted = np.zeros(values.shape, dtype=bool)
    for later in range(2, len(data.central)):
        apart = np.abs(data.central[later] - values[: later - 1])
        allowed = tolerance.TABLE.sigmas * noise[later] / data.steps[later] + 2 * bars[: later - 1]
        contradicted[: later - 1] |= apart > allowed
    return contradicted


def _rounded_point(data: DifferenceTable) -> Array:
    """What rounding the point itself moves the output by: ``ε`` of the scale, times the slope of either side.

    Where both sides rise alike (``(x - mean x)²`` at its lowest point), this noise is above that of the output's size.
    """
    sides = np.abs(np.stack([data.forward, data.backward]))
    return np.asarray(data.unit * np.where(np.isfinite(sides), sides, 0.0).max(0))


def find_smallest_move(data: DifferenceTable) -> Array:
    """The smallest move that the output made on both sides, where smaller steps made none: its resolution.

    No change in the output is information, never zero noise: it says that the change is smaller than the resolution.
    """
    if data.moved.all() or not data.moved.any():
        return np.zeros(data.central.shape)
    size = np.maximum(np.abs(data.forward), np.abs(data.backward)) * data.steps
    smallest = np.where(data.moved, size, INFINITE).min(0)
    last = data.moved[::-1].argmax(0)
    silent = (last > 0) & data.moved.any(0)
    return np.broadcast_to(np.where(silent, smallest, 0.0), data.central.shape)
