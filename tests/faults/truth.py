"""Truth: what is wrong with a fault, computed by comparing its pullback with the right one."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import evolve, frozen

from tests.faults.case import Point
from tests.faults.draws import Array
from tests.faults.fault import Fault
from tests.faults.numbers import true_of_numbers

__all__ = ["Truth", "Wrong", "truth_of"]

VISIBLE = 1e-6
"""Relative to the largest element of the right gradient, in double precision."""
ROUND_OFF = 1e-11
"""Below this an element of double precision is not wrong at all."""
SINGLE_FLOOR = 16 * 2.0**-23


@frozen(eq=False)
class Wrong:
    """One wrong gradient.

    Args:
        size: The largest error of an element, relative to the largest element of the right gradient.
        must: Indices of elements that are visibly wrong.
        may: Indices of elements that are wrong by more than round-off.
        count: How many elements there are.
    """

    size: float
    must: frozenset[tuple[int, ...]]
    may: frozenset[tuple[int, ...]]
    count: int


@frozen(eq=False)
class Truth:
    """What is wrong with a fault.

    Args:
        wrong: The wrong gradients by path; empty for mistakes in behaviour.
        visible: The paths whose error must be seen.
        causes: Names of all causes that are true: the declared ones, and those that the numbers bear out.
    """

    wrong: dict[str, Wrong]
    visible: frozenset[str]
    causes: frozenset[str]

    @property
    def size(self) -> float:
        """The largest relative error; infinite where shapes differ."""
        return max((each.size for each in self.wrong.values()), default=0.0)


def truth_of(fault: Fault) -> Truth:
    """Compare a fault with its right function, over several upstreams."""
    with np.errstate(all="ignore"):
        return _compared(fault)


def _compared(fault: Fault) -> Truth:
    if fault.behaviour:
        return Truth({}, frozenset(), fault.causes | fault.also)
    right, single = fault.case.build(), fault.case.dtype == np.float32
    wide = evolve(fault.case, dtype=np.float64).build() if single else right
    wrong, visible, causes = {}, set(), set(fault.causes | fault.also)
    upstreams = right.upstreams(4)
    good, bad = _gradients(right, upstreams), _gradients(fault.build(), upstreams)
    exact = _gradients(wide, [each.astype(np.float64) for each in upstreams]) if single else good
    for path, rights in good.items():
        floor = _round_off(rights, exact[path]) if single else ROUND_OFF
        found = _compare(rights, bad[path], floor, 10 * floor if single else VISIBLE)
        if found.may:
            wrong[path] = found
            if found.size > (10 * floor if single else VISIBLE):
                visible.add(path)
            causes |= true_of_numbers(rights, bad[path], upstreams, right, path, found.size)
            if 0 < len(found.may) <= found.count / 2:
                causes.add("SPARSE_ELEMENTS")
    if wrong and not _linear(fault.build(), upstreams[-1]):
        causes.add("NOT_LINEAR_IN_UPSTREAM")
    return Truth(wrong, frozenset(visible), frozenset(causes))


def _linear(point: Point, upstream: Array) -> bool:
    """Whether twice the upstream, with the other sign, gives twice the gradients, with the other sign."""
    once, twice = point.gradients(upstream), point.gradients(np.asarray(-2 * upstream))
    pairs = [(np.asarray(once[path]), np.asarray(twice[path])) for path in once]
    return all(np.allclose(-2 * one, two, rtol=1e-4, equal_nan=True) for one, two in pairs)


def _gradients(point: Point, upstreams: list[Array]) -> dict[str, list[Array]]:
    every = [point.gradients(np.array(upstream)) for upstream in upstreams]
    return {path: [np.array(each[path]) for each in every] for path in point.variables()}


def _round_off(single: list[Array], double: list[Array]) -> float:
    """How far arithmetic alone takes the right gradient of single precision from that of double."""
    scale = max(float(np.abs(each).max(initial=0)) for each in double)
    error = max(float(np.abs(a - b).max(initial=0)) for a, b in zip(single, double, strict=True))
    return max(SINGLE_FLOOR, error / scale if scale else 0.0)


def _compare(right: list[Any], wrong: list[Any], floor: float, visible: float) -> Wrong:
    shape = np.shape(right[0])
    everywhere = frozenset(np.ndindex(shape))
    if any(np.shape(each) != shape for each in wrong):
        return Wrong(np.inf, everywhere, everywhere, max(1, len(everywhere)))
    scale = max([float(np.abs(each).max(initial=0)) for each in right])
    scale = scale or max([float(np.abs(each).max(initial=0)) for each in wrong]) or 1.0
    error = np.max([np.abs(np.asarray(a) - b) for a, b in zip(right, wrong, strict=True)], axis=0) / scale
    error = np.where(np.isfinite(error), error, np.inf)
    must, may = (frozenset(map(tuple, np.argwhere(error > limit).tolist())) for limit in (visible, floor))
    return Wrong(float(error.max(initial=0)), must, may, int(error.size))
