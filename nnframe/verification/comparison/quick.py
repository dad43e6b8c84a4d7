"""The quick pass: one step, then a second one, for all elements. It may say PASS or KINK, and nothing else.

A gradient that agrees with a central difference to 3e-8 of itself, where no kink is in sight, agrees: truncation and
noise only make agreement harder, and a bar too small to hide anything needs no estimate of itself.
"""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array, Booleans
from nnframe.verification.comparison.adaptive import PredictedSlope
from nnframe.verification.numerical.difference import CentralDifference
from nnframe.verification.numerical.extrapolation import Estimate

__all__ = ["agrees_at_once", "agrees_at_second", "between", "central", "noise_of", "stays_bent"]

OWN = 3e-8
SCALE = 1e-7
NOISE = 12.0
CURVED = 2.0**-7
EDGE = 4e-7


def central(rung: CentralDifference) -> Array:
    """The central difference, or the forward difference of a one-sided rung."""
    minus = -rung.plus if np.isnan(rung.minus).all() else rung.minus
    return np.asarray((rung.plus - minus) / (2 * rung.step))


def agrees_at_once(promise: PredictedSlope, rung: CentralDifference) -> Booleans:
    """(lines,) whether the promise agrees with one rung, closely enough to need no second one."""
    slope = central(rung)
    own = OWN if promise.unit < 2.0**-40 else 32 * promise.unit
    uncertain = NOISE * rung.quantum / rung.step + 32 * promise.unit * (rung.terms / rung.step + promise.size)
    allowed = np.minimum(uncertain, SCALE * promise.largest) + own * np.abs(slope)
    close = np.abs(promise.slope - slope) <= allowed
    seen = (slope != 0) | (rung.still / rung.step <= SCALE * promise.largest)
    return np.asarray((close & seen & ~bent(rung)).all(0))


def bent(rung: CentralDifference) -> Booleans:
    """Where the slopes on both sides differ by more than a gentle curve makes them."""
    if np.isnan(rung.minus).all():
        return np.zeros(rung.plus.shape, dtype=bool)
    size = np.abs(rung.plus) + np.abs(rung.minus)
    return np.asarray(~(np.abs(rung.plus + rung.minus) <= CURVED * size + NOISE * rung.quantum))


def agrees_at_second(
    promise: PredictedSlope, found: Estimate, first: CentralDifference, second: CentralDifference
) -> Booleans:
    """(lines,) whether the promise agrees with two rungs, whose bar is too small to hide anything."""
    own = 1e-7 if promise.unit < 2.0**-40 else 32 * promise.unit
    allowed = found.bar + own * np.abs(found.value) + 32 * promise.unit * (found.terms + promise.size)
    close = np.abs(promise.slope - found.value) <= allowed
    sharp = found.bar <= SCALE * promise.largest + own * np.abs(found.value)
    straight = (
        np.abs(second.plus + second.minus)
        <= np.maximum(np.abs(first.plus + first.minus) / 16, CURVED / 4 * (np.abs(second.plus) + np.abs(second.minus)))
        + NOISE * second.quantum
    )
    seen = (found.value != 0) | (second.still / second.step <= SCALE * promise.largest)
    return np.asarray((close & sharp & straight & seen).all(0))


def noise_of(rung: CentralDifference) -> Array:
    """(upstreams, lines) what a one-sided slope of a rung may be off by."""
    return np.asarray((NOISE * rung.quantum + 32 * rung.unit * rung.terms) / rung.step)


def stays_bent(first: CentralDifference, second: CentralDifference, last: CentralDifference) -> Booleans:
    """(lines,) whether both one-sided slopes stay what they are down to the smallest step, and differ there."""
    steady, apart = np.ones(first.plus.shape, dtype=bool), np.ones(first.plus.shape, dtype=bool)
    for larger, smaller in ((first, second), (second, last)):
        noise, right, left = noise_of(smaller), _side(smaller, 1), _side(smaller, -1)
        for side, slope in ((1, right), (-1, left)):
            steady &= np.abs(_side(larger, side) - slope) <= noise + OWN * np.abs(slope)
        apart &= np.abs(right - left) > 2 * noise + CURVED * (np.abs(right) + np.abs(left))
    return np.asarray(steady.all(0) & apart.any(0))


def between(slope: Array, low: Array, high: Array, noise: Array) -> Booleans:
    """(lines,) whether the promised slopes lie between the one-sided ones, as well as these are known."""
    edge = noise + EDGE * np.maximum(np.abs(low), np.abs(high))
    return np.asarray(((slope >= low - edge) & (slope <= high + edge)).all(0))


def _side(rung: CentralDifference, side: int) -> Array:
    """The slope to one side."""
    return np.asarray((rung.plus if side > 0 else -rung.minus) / rung.step)
