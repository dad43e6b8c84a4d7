"""The whole ladder: the sentence on some lines, from every step there is.

PASS may come earlier, from two steps. FAIL is said here only, after the whole ladder and the kinks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import evolve, frozen

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.comparison.evidence import FAILED, KINK, PASSED, UNNOTICED, ZERO
from nnframe.verification.comparison.tolerance import allowance
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.extrapolation import DifferenceTable, Estimate, estimate, smallest_move, stack
from nnframe.verification.numerical.nonsmooth import brackets, kinked
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle
from nnframe.verification.numerical.staircase import on_a_staircase
from nnframe.verification.numerical.step_ladder import ladder_of

__all__ = ["PredictedSlope", "LineResult", "refine", "one_sided", "promise_of"]

INVISIBLE = 1e-6
RESOLUTIONS = 200.0
NEGLIGIBLE = 1e-7
KINK_EDGE = 4e-7
DENORMAL = 8 * float(np.finfo(np.float64).tiny)
"""Slopes over the whole scale that no normal number holds."""


@frozen(eq=False)
class PredictedSlope:
    """What the pullback promises for some lines: all (upstreams, lines).

    Args:
        slope: The directional derivatives.
        size: What they are summed from.
        largest: The size of the array's largest gradient, in the units of each line.
        unit: The unit round-off of the pullback.
        strict: Accept round-off alone (see ``allowance``).
    """

    slope: Array
    size: Array
    largest: Array
    unit: float
    strict: bool = False

    def at(self, lines: Booleans) -> PredictedSlope:
        """The same for some lines."""
        slope, size, largest = (each[:, lines] for each in (self.slope, self.size, self.largest))
        return evolve(self, slope=slope, size=size, largest=largest)


@frozen(eq=False)
class LineResult:
    """What the ladder says: states (lines,), and values, bars and one-sided slopes (upstreams, lines)."""

    state: Integers
    value: Array
    bar: Array
    low: Array
    high: Array
    unit: float


def promise_of(
    bundles: Sequence[Bundle],
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    largest: Array | float = 0.0,
    *,
    strict: bool = False,
) -> PredictedSlope:
    """What gradients (one mapping for each upstream) promise for the lines of some bundles."""
    promised = np.array(
        [np.concatenate([each.promised(gradient) for each in bundles], axis=1) for gradient in gradients]
    )
    slope, size = promised[:, 0], promised[:, 1]
    return PredictedSlope(slope, size, np.broadcast_to(largest, slope.shape), unit, strict)


def refine(
    probe: Evaluator,
    partition: Partition,
    bundles: Sequence[Bundle],
    promise: PredictedSlope,
    some: Booleans | None = None,
) -> LineResult:
    """Judge lines by the whole ladder of steps.

    Args:
        probe: Evaluates the forward.
        partition: Which blocks the bundles move.
        bundles: The lines, (bundles, blocks).
        promise: What the pullback says about those that are judged.
        some: Which lines are judged; None for all.
    """
    every = np.ones(len(bundles) * partition.blocks, dtype=bool) if some is None else some
    rungs = [probe.rung(partition, bundles, exponent).at(every) for exponent in ladder_of(probe.unit).rungs]
    return _judge(probe, partition, bundles, promise, stack(rungs), every)


def _judge(
    probe: Evaluator,
    partition: Partition,
    bundles: Sequence[Bundle],
    promise: PredictedSlope,
    data: DifferenceTable,
    some: Booleans,
) -> LineResult:
    found = estimate(data)
    tolerance = allowance(found.value, promise.size, found.terms, promise.largest, promise.unit, strict=promise.strict)
    accept = found.bar + tolerance + DENORMAL
    error = np.abs(promise.slope - found.value)
    right = (error <= accept).all(0)
    state = np.where(right, PASSED, FAILED).astype(np.int8)
    state[right & _unnoticed(promise, found, accept)] = UNNOTICED
    state[right & _zero(promise, found, accept, data, probe.unit)] = ZERO
    state[~np.isfinite(found.value).all(0)] = UNNOTICED
    coarse, blur = on_a_staircase(data, promise.slope)
    state[coarse & (state == FAILED)] = PASSED
    accept = np.where(coarse, np.maximum(accept, blur), accept)
    low, high = np.full(accept.shape, np.nan), np.full(accept.shape, np.nan)
    kinks, rung, off = kinked(data, found)
    if kinks.any():
        low, high = one_sided(probe, partition, bundles, some, kinks, data.steps.ravel()[rung])
        edge = tolerance + off + KINK_EDGE * np.maximum(np.abs(low), np.abs(high))
        inside = ((promise.slope >= low - edge) & (promise.slope <= high + edge)).all(0)
        state[kinks & inside] = KINK
    unit = float(np.median(found.noise / np.maximum(data.quantum.max(0), np.finfo(np.float64).tiny)))
    return LineResult(state, found.value, accept, low, high, max(unit, 2.0))


def _unnoticed(promise: PredictedSlope, found: Estimate, accept: Array) -> Booleans:
    """Lines on which a gradient of zero would have passed as well, although it may matter."""
    zero = (np.abs(promise.slope) <= accept) & (np.abs(found.value) <= accept)
    return np.asarray((zero | (promise.slope == found.value) & (accept == 0)).all(0) & _matters(promise, accept))


def _matters(promise: PredictedSlope, accept: Array) -> Booleans:
    return np.asarray((accept > INVISIBLE * promise.largest).any(0))


def _zero(promise: PredictedSlope, found: Estimate, accept: Array, data: DifferenceTable, unit: float) -> Booleans:
    """Lines whose derivative is below what the output resolves over the variable's whole scale.

    What it resolves is held against its size over the scale, or is the height of its stairs where it has some: a
    forward that is noisier, or moves by much (``log`` beside zero), hides a derivative, and does not show that it is 0.
    """
    change = np.maximum(np.abs(data.forward[0]), np.abs(data.backward[0])) * data.steps[0]
    size = (data.quantum.max(0) + data.still) / unit + np.where(np.isfinite(change), change, 0.0)
    noise = np.minimum(found.noise, np.maximum(NEGLIGIBLE * size, smallest_move(data)[0]))
    resolution = RESOLUTIONS * (noise + data.still) + NEGLIGIBLE * size
    zero = (np.abs(promise.slope) <= accept) & (np.abs(found.value) <= accept) & (accept <= resolution)
    dead = (np.abs(promise.slope) <= DENORMAL) & (np.abs(found.value) <= DENORMAL)
    return np.asarray((zero | dead).all(0) & _matters(promise, accept) | dead.all(0))


def one_sided(
    probe: Evaluator, partition: Partition, bundles: Sequence[Bundle], some: Booleans, kinks: Booleans, steps: Array
) -> tuple[Array, Array]:
    """The brackets of those lines that have kinks; NaN for the other lines."""
    shape = (len(probe.upstreams), len(bundles), partition.blocks)
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    by_bundle, step = np.zeros(len(some), dtype=bool), np.zeros(len(some))
    by_bundle[some], step[some] = kinks, steps
    by_bundle, step = by_bundle.reshape(shape[1:]), step.reshape(shape[1:])
    for number in np.flatnonzero(by_bundle.any(1)):
        for each in np.unique(step[number][by_bundle[number]]):
            columns = by_bundle[number] & (step[number] == each)
            below, above = brackets(probe, partition, [bundles[int(number)]], [float(each)])
            low[:, number, columns], high[:, number, columns] = below[:, columns], above[:, columns]
    return low.reshape(shape[0], -1)[:, some], high.reshape(shape[0], -1)[:, some]
