"""Which function gets which mutation: each in turn, in an order that differs from mutation to mutation."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.faults import functions
from tests.faults.case import RIGHT, Case, Point
from tests.faults.draws import Array
from tests.faults.fault import Change, Fault, add_fault, changed
from tests.faults.mutations.behaviour import BEHAVIOURS, Behaviour
from tests.faults.mutations.values import MUTATIONS, Mutation
from tests.faults.truth import truth_of

__all__ = ["functions"]

PREFLIGHT = {"forward", "upstream"}


def of_value(mutation: Mutation, path: str) -> Change:
    """The mutation of one gradient, in the form of a change."""

    def change(p: Any, x: Any, u: Array, g: dict[str, Any]) -> dict[str, Any]:
        return {path: mutation.change(np.asarray(g[path]), u)}

    return change


def value_faults(mutation: Mutation, dtype: Any) -> Iterator[Fault]:
    """Every place where the mutation fits, functions mixed."""
    for case in _mixed(f"{mutation.name}{np.dtype(dtype)}"):
        variables = case.build().variables()
        fitting = [path for path, value in variables.items() if mutation.fits(np.shape(value))]
        if mutation.name == "none":
            fitting = [path for path in fitting if not path.startswith("input")]  # None is how an input has no gradient
        if fitting:
            path = min(fitting, key=lambda path: zlib.crc32(f"{mutation.name}{case.name}{path}".encode()))
            placed = case if dtype is np.float64 else case.in_precision(dtype)
            breaks = changed(of_value(mutation, path), keep_dtype=not mutation.behaviour)
            paths = {path} if mutation.behaviour else set()
            name = f"{placed.name}/{path}/{mutation.name}"
            yield Fault(name, placed, breaks, mutation.causes.split(), behaviour=mutation.behaviour, paths=paths)


def behaviour_faults(behaviour: Behaviour) -> Iterator[Fault]:
    """Every function that can misbehave so, mixed."""
    for case in _mixed(behaviour.name):
        point = case.build()
        lone = not isinstance(point.x, tuple) and np.asarray(point.x).dtype.kind == "f"
        if (behaviour.needs == "parameters" and not point.parameters) or (behaviour.needs == "input" and not lone):
            continue
        if point.output().size < 2 or (behaviour.needs == "curved" and not curved(point)):
            continue
        paths = set() if behaviour.numbers else {*point.variables(), *PREFLIGHT}
        name = f"{case.name}/{behaviour.name}"
        yield Fault(name, case, behaviour.wrap, behaviour.causes.split(), behaviour=not behaviour.numbers, paths=paths)


def curved(point: Point) -> bool:
    """Whether gradients differ from those at a point close by."""
    near, upstream = point, point.upstreams(1)[0]
    for path, value in point.variables().items():
        near = near.moved(path, np.asarray(value * 1.01 + 0.001))
    pairs = [(point.gradients(upstream)[path], near.gradients(upstream)[path]) for path in point.variables()]
    return any(not np.allclose(here, there, rtol=1e-4) for here, there in pairs)


def _mixed(key: str) -> list[Case]:
    return sorted(RIGHT.values(), key=lambda case: zlib.crc32(f"{case.name}{key}".encode()))


def _enter(faults: Iterator[Fault], count: int) -> None:
    """Enter the first faults whose numbers differ visibly from the right ones."""
    for fault in faults:
        if count <= 0:
            return
        if fault.behaviour or truth_of(fault).visible:
            add_fault(fault)
            count -= 1


for each in MUTATIONS:
    for precision, number in zip((np.float64, np.float32), each.count, strict=True):
        _enter(value_faults(each, precision), number)
for other in BEHAVIOURS:
    _enter(behaviour_faults(other), other.count)
