"""The acceptance of lines: after one step, after two, and after the whole ladder of steps.

A line that agrees closely after one or two steps passes: truncation and noise only make agreement harder, and a bar
too small to hide anything needs no estimate of itself. FAIL is said after the whole ladder and the kinks, or
by the noise that the ladder has shown on other lines (``block``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import evolve

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.comparison.evidence import FAILED, KINK, PASSED, UNNOTICED, ZERO
from nnframe.verification.comparison.prediction import (
    LineResult,
    PredictedSlope,
    compute_noise,
    compute_slope,
    predict,
)
from nnframe.verification.floats import tolerance
from nnframe.verification.floats.tolerance import compute_allowance
from nnframe.verification.numerical.difference import CentralDifference
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.extrapolation import (
    DifferenceTable,
    Estimate,
    estimate_slopes,
    find_smallest_move,
    tabulate,
)
from nnframe.verification.numerical.nonsmooth import compute_brackets, find_kinks, find_staircases
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle
from nnframe.verification.numerical.step_ladder import choose_ladder

__all__ = [
    "accept_early",
    "agrees_along",
    "agrees_early",
    "find_one_sided",
    "find_steady_kinks",
    "lies_between",
    "refine",
]

DENORMAL = 8 * float(np.finfo(np.float64).tiny)
"""Slopes over the whole scale that no normal number holds."""
COARSE_UNIT = 2.0**-40


def accept_early(
    predicted: PredictedSlope, rungs: Sequence[CentralDifference], noise: float = 2.0
) -> tuple[Booleans, Array, Array]:
    """Accept lines that agree closely after one or two rungs.

    Args:
        predicted: What the pullback says.
        rungs: One rung, or two with the larger step first.
        noise: The noise of the forward, in units of its model.

    Returns:
        (lines,) which agree; and (upstreams, lines) the measured slopes and their error bars.
    """
    table, last = tolerance.TABLE, rungs[-1]
    if len(rungs) == 1:
        value = compute_slope(last)
        bar, terms = 2 * table.sigmas * last.quantum / last.step, last.terms / last.step
    else:
        found = estimate_slopes(tabulate(rungs), noise, measured=False)
        value, bar, terms = found.value, found.bar, found.terms
    own = table.sharp if predicted.unit < COARSE_UNIT else table.round_off * predicted.unit
    enough = table.sharp * predicted.largest
    uncertain = bar + table.round_off * predicted.unit * (terms + predicted.size)
    if len(rungs) == 1:
        uncertain, sharp = np.minimum(uncertain, enough), np.ones(value.shape, dtype=bool)
    else:
        sharp = bar <= enough + own * np.abs(value)
    close = np.abs(predicted.slope - value) <= uncertain + own * np.abs(value)
    seen = (value != 0) | (last.still / last.step <= enough)
    right = (close & sharp & seen & ~_bends(rungs)).all(0)
    if len(rungs) == 1:
        return np.asarray(right), value, bar + own * np.abs(value)
    return (
        np.asarray(right),
        value,
        bar + compute_allowance(value, predicted.size, terms, predicted.largest, predicted.unit),
    )


def _bends(rungs: Sequence[CentralDifference]) -> Booleans:
    """Where the slopes on both sides differ by more than a gentle curve makes them."""
    table, last = tolerance.TABLE, rungs[-1]
    if np.isnan(last.minus).all():
        return np.zeros(last.plus.shape, dtype=bool)
    gentle = table.curved * (np.abs(last.plus) + np.abs(last.minus))
    if len(rungs) > 1:
        gentle = np.maximum(gentle / 4, np.abs(rungs[0].plus + rungs[0].minus) / 16)
    return np.asarray(~(np.abs(last.plus + last.minus) <= gentle + 2 * table.sigmas * last.quantum))


def agrees_early(evaluator: Evaluator, bundle: Bundle, gradients: Sequence[Mapping[str, Array]], unit: float) -> bool:
    """Return whether a few steps show that the slope along one direction is as predicted; if not, nothing is said.

    A kink that lies on the way of the larger steps does not lie on that of the smaller ones.
    """
    partition, ladder = Partition((), evaluator.base.shape), choose_ladder(evaluator.unit)
    predicted = predict([bundle], gradients, unit)
    predicted = evolve(predicted, largest=np.abs(predicted.slope))
    larger: list[CentralDifference] = []
    for exponent in (ladder.main, ladder.second, *ladder.near):
        larger = [*larger[-1:], evaluator.measure(partition, [bundle], exponent)]
        if accept_early(predicted, larger)[0].all():
            return True
    return False


def agrees_along(
    evaluator: Evaluator, bundle: Bundle, gradients: Sequence[Mapping[str, Array]], unit: float
) -> LineResult | None:
    """Return None where the slope along one direction is as predicted, and else what the whole ladder says of it."""
    if agrees_early(evaluator, bundle, gradients, unit):
        return None
    predicted = predict([bundle], gradients, unit, strict=True)
    result = refine(evaluator, Partition((), evaluator.base.shape), [bundle], predicted)
    return result if (result.state == FAILED).any() else None


def refine(
    evaluator: Evaluator,
    partition: Partition,
    bundles: Sequence[Bundle],
    predicted: PredictedSlope,
    some: Booleans | None = None,
) -> LineResult:
    """Judge lines by the whole ladder of steps.

    Args:
        evaluator: Evaluates the forward.
        partition: Which blocks the bundles move.
        bundles: The lines, (bundles, blocks).
        predicted: What the pullback says about those that are judged.
        some: Which lines are judged; None for all.
    """
    every = np.ones(len(bundles) * partition.blocks, dtype=bool) if some is None else some
    exponents = choose_ladder(evaluator.unit).rungs
    data = tabulate([evaluator.measure(partition, bundles, exponent).at(every) for exponent in exponents])
    found = estimate_slopes(data)
    allowance = compute_allowance(
        found.value, predicted.size, found.terms, predicted.largest, predicted.unit, strict=predicted.strict
    )
    accept = found.bar + allowance + DENORMAL
    state = _decide(predicted, found, accept, data, evaluator.unit)
    coarse, blur = find_staircases(data, predicted.slope)
    state[coarse & (state == FAILED)] = PASSED
    accept = np.where(coarse, np.maximum(accept, blur), accept)
    low, high = np.full(accept.shape, np.nan), np.full(accept.shape, np.nan)
    kinks, rung, off = find_kinks(data, found)
    if kinks.any():
        low, high = find_one_sided(evaluator, partition, bundles, every, kinks, data.steps.ravel()[rung])
        state[kinks & lies_between(predicted.slope, low, high, allowance + off)] = KINK
    noise = float(np.median(found.noise / np.maximum(data.quantum.max(0), np.finfo(np.float64).tiny)))
    return LineResult(state, found.value, accept, low, high, max(noise, 2.0))


def _decide(predicted: PredictedSlope, found: Estimate, accept: Array, data: DifferenceTable, unit: float) -> Integers:
    """(lines,) right, zero, unnoticed or wrong, by the estimate alone."""
    right = (np.abs(predicted.slope - found.value) <= accept).all(0)
    state = np.where(right, PASSED, FAILED).astype(np.int8)
    state[right & _is_unnoticed(predicted, found, accept)] = UNNOTICED
    state[right & _is_zero(predicted, found, accept, data, unit)] = ZERO
    state[~np.isfinite(found.value).all(0)] = UNNOTICED
    return state


def _is_unnoticed(predicted: PredictedSlope, found: Estimate, accept: Array) -> Booleans:
    """Lines on which a gradient of zero would have passed as well, although it may matter."""
    zero = (np.abs(predicted.slope) <= accept) & (np.abs(found.value) <= accept)
    equal = (predicted.slope == found.value) & (accept == 0)
    return np.asarray((zero | equal).all(0) & _matters(predicted, accept))


def _matters(predicted: PredictedSlope, accept: Array) -> Booleans:
    return np.asarray((accept > tolerance.TABLE.invisible * predicted.largest).any(0))


def _is_zero(predicted: PredictedSlope, found: Estimate, accept: Array, data: DifferenceTable, unit: float) -> Booleans:
    """Lines whose derivative is below what the output resolves over the variable's whole scale.

    What it resolves is held against its size over the scale, or is the height of its stairs where it has some: a
    forward that is noisier, or moves by much (``log`` beside zero), hides a derivative, and does not show that it is 0.
    """
    negligible, table = tolerance.TABLE.sharp, tolerance.TABLE
    change = np.maximum(np.abs(data.forward[0]), np.abs(data.backward[0])) * data.steps[0]
    size = (data.quantum.max(0) + data.still) / unit + np.where(np.isfinite(change), change, 0.0)
    noise = np.minimum(found.noise, np.maximum(negligible * size, find_smallest_move(data)[0]))
    resolution = table.resolutions * (noise + data.still) + negligible * size
    zero = (np.abs(predicted.slope) <= accept) & (np.abs(found.value) <= accept) & (accept <= resolution)
    dead = (np.abs(predicted.slope) <= DENORMAL) & (np.abs(found.value) <= DENORMAL)
    return np.asarray((zero | dead).all(0) & _matters(predicted, accept) | dead.all(0))


def find_steady_kinks(first: CentralDifference, second: CentralDifference, last: CentralDifference) -> Booleans:
    """Return (lines,): both one-sided slopes stay what they are down to the smallest step, and differ there."""
    table = tolerance.TABLE
    steady, apart = np.ones(first.plus.shape, dtype=bool), np.ones(first.plus.shape, dtype=bool)
    for larger, smaller in ((first, second), (second, last)):
        noise, right, left = compute_noise(smaller), _compute_side(smaller, 1), _compute_side(smaller, -1)
        for side, slope in ((1, right), (-1, left)):
            steady &= np.abs(_compute_side(larger, side) - slope) <= noise + table.sharp * np.abs(slope)
        apart &= np.abs(right - left) > 2 * noise + table.curved * (np.abs(right) + np.abs(left))
    return np.asarray(steady.all(0) & apart.any(0))


def lies_between(slope: Array, low: Array, high: Array, edge: Array) -> Booleans:
    """Return (lines,): the predicted slopes lie between the one-sided ones, as well as these are known."""
    edge = edge + tolerance.TABLE.own * np.maximum(np.abs(low), np.abs(high))
    return np.asarray(((slope >= low - edge) & (slope <= high + edge)).all(0))


def _compute_side(rung: CentralDifference, side: int) -> Array:
    return np.asarray((rung.plus if side > 0 else -rung.minus) / rung.step)


def find_one_sided(
    evaluator: Evaluator,
    partition: Partition,
    bundles: Sequence[Bundle],
    some: Booleans,
    kinks: Booleans,
    steps: Array,
) -> tuple[Array, Array]:
    """Return the lowest and highest slopes of those lines that have kinks; NaN for the other lines."""
    shape = (len(evaluator.upstreams), len(bundles), partition.blocks)
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    by_bundle, step = np.zeros(len(some), dtype=bool), np.zeros(len(some))
    by_bundle[some], step[some] = kinks, steps
    by_bundle, step = by_bundle.reshape(shape[1:]), step.reshape(shape[1:])
    for number in np.flatnonzero(by_bundle.any(1)):
        for each in np.unique(step[number][by_bundle[number]]):
            columns = by_bundle[number] & (step[number] == each)
            below, above = compute_brackets(evaluator, partition, [bundles[int(number)]], [float(each)])
            low[:, number, columns], high[:, number, columns] = below[:, columns], above[:, columns]
    return low.reshape(shape[0], -1)[:, some], high.reshape(shape[0], -1)[:, some]
