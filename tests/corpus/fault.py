"""Fault: a function whose pullback is wrong, and what a good verifier says about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from attrs import field, frozen

from tests.corpus.case import Case, Function, Point, gradients_at, paths_of
from tests.corpus.independent import upstreams_of

__all__ = ["FAULTS", "Fault", "Truth", "add_fault", "truth_of"]

VISIBLE = 1e-6
TOUCHED = 1e-3
"""Of what is visible: beyond round-off, below what must be seen."""
UNITS_IN_SINGLE = 64 * 2.0**-24


Index = tuple[int, ...]


@frozen(eq=False)
class Fault:
    """A mistake.

    Args:
        name: ``"case/mistake"``.
        case: The same function with the right pullback, and the point.
        break_it: Makes the wrong function from the right one; called for every build, since faults may keep state.
        causes: Names of the causes that explain it; empty where no single hypothesis does.
        also: Names of causes that are true of the numbers, though not the whole of the mistake.
        paths: Where findings may fail, for mistakes that are no wrong numbers ("forward", "upstream"); else found by
            comparing with the right pullback.
        hidden: The numbers are right at this point, and wrong at points nearby.
        behaviour: The fault is one whatever the numbers (a shape, a dtype, state, a mutation).
    """

    name: str
    case: Case
    break_it: Callable[[Function], Function]
    causes: frozenset[str]
    also: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    hidden: bool = False
    behaviour: bool = False

    def build(self) -> Point:
        """Fresh arrays and a fresh wrong function."""
        point = self.case.build()
        return Point(self.break_it(point.function), point.parameters, point.x)


@frozen(eq=False)
class Truth:
    """What is wrong, found by comparing a fault with the right pullback.

    Args:
        sizes: The error at each path, relative to the largest right value of that array; the middle of the upstreams.
        visible: The paths at which the error is larger than what the verifier may miss.
        touched: The paths at which there is any error beyond round-off.
        surely: For each path the indices that are visibly wrong under every upstream.
        possibly: For each path the indices that are wrong at all.
    """

    sizes: dict[str, float]
    visible: frozenset[str]
    touched: frozenset[str]
    surely: dict[str, frozenset[Index]] = field(factory=dict)
    possibly: dict[str, frozenset[Index]] = field(factory=dict)


FAULTS: dict[str, Fault] = {}


def add_fault(fault: Fault) -> None:
    """Put a fault into the list."""
    if fault.name in FAULTS:
        raise ValueError(f"there are two faults of the name {fault.name!r}")
    FAULTS[fault.name] = fault


def truth_of(fault: Fault) -> Truth:
    """Which arrays and elements are wrong, and by how much, over several upstream gradients."""
    right = fault.case.build()
    floor = _arithmetic(fault.case) if fault.case.dtype == np.float32 else VISIBLE
    errors: dict[str, list[Any]] = {path: [] for path in paths_of(right)}
    for upstream in upstreams_of(right, 3):
        good = gradients_at(right, upstream.copy())
        bad = gradients_at(fault.build(), upstream.copy())
        for path, found in errors.items():
            if good[path] is not None:
                found.append(relative_error(good[path], bad[path]))
    sizes = {
        path: float(np.median([each.max(initial=0.0) for each in found])) for path, found in errors.items() if found
    }
    most = {path: np.max(found, axis=0) for path, found in errors.items() if found}
    least = {path: np.min(found, axis=0) for path, found in errors.items() if found}
    return Truth(
        sizes,
        frozenset(path for path, size in sizes.items() if size > floor),
        frozenset(path for path, error in most.items() if error.max(initial=0.0) > TOUCHED * floor),
        {path: _indices(error > floor) for path, error in least.items()},
        {path: _indices(error > TOUCHED * floor) for path, error in most.items()},
    )


def _indices(where: Any) -> frozenset[Index]:
    return frozenset(tuple(map(int, index)) for index in np.argwhere(where))


def relative_error(good: Any, bad: Any) -> Any:
    """The error of every element, relative to the largest right value; infinite where there is none to compare."""
    wanted = np.asarray(good, dtype=np.float64)
    if bad is None or np.shape(bad) != wanted.shape:
        return np.full(wanted.shape, np.inf)
    scale = float(np.abs(wanted).max(initial=0.0))
    with np.errstate(all="ignore"):
        distance = np.abs(np.asarray(bad, dtype=np.complex128) - wanted)
        relative = distance / scale if scale > 0 else np.where(distance > 0, np.inf, 0.0)
    return np.where(np.isnan(relative), np.inf, relative)


def _relative(error: float, scale: float) -> float:
    return error / scale if scale > 0 else (np.inf if error > 0 else 0.0)


def _arithmetic(case: Case) -> float:
    """Ten times what single precision explains: the pullback in single and in double precision, compared."""
    single = case.build()
    upstream = upstreams_of(single, 1)[0]
    wide = Point(
        single.function, {name: np.asarray(v, np.float64) for name, v in single.parameters.items()}, _wide(single.x)
    )
    there, here = gradients_at(wide, upstream.astype(np.float64)), gradients_at(single, upstream)
    worst = UNITS_IN_SINGLE
    for path, value in there.items():
        error = float(np.abs(value - here[path]).max(initial=0.0))
        worst = max(worst, _relative(error, float(np.abs(value).max(initial=0.0))) if error else 0.0)
    return 10 * worst


def _wide(x: Any) -> Any:
    if isinstance(x, tuple):
        return tuple(_wide(each) for each in x)
    return np.asarray(x, np.float64) if np.asarray(x).dtype.kind == "f" else x
