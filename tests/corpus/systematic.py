"""Systematic faults: every mistake that can be made anywhere, made in a spread of right functions."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from attrs import evolve

from tests.corpus.case import RIGHT, SALT, Case, Function, Point, gradients_at, paths_of
from tests.corpus.fault import Fault, add_fault, truth_of
from tests.corpus.independent import upstreams_of
from tests.corpus.mutations import VALUES, Value, changed_at
from tests.corpus.protocol import PROTOCOLS, Protocol

__all__ = ["add_systematic"]

BEHAVIOUR = {"NON_FINITE", "WRONG_SHAPE", "WRONG_DTYPE", "MISSING_GRADIENT"}
IN_SINGLE = (
    "zero",
    "sign",
    "doubled",
    "one_percent",
    "one_in_ten_thousand",
    "transposed",
    "swapped_rows",
    "one_element_tenth",
    "one_element_thousandth",
    "last_row_doubled",
    "shifted_rows",
    "not_a_number",
)


def add_systematic(each: int = 9, protocols: int = 6, single: int = 4) -> None:
    """Put the systematic faults into the list: so many functions for every mistake."""
    for value in VALUES:
        _take(_value_faults(value, np.float64), each)
    for value in VALUES:
        if value.name in IN_SINGLE:
            _take(_value_faults(value, np.float32), single)
    for protocol in PROTOCOLS:
        _take(_protocol_faults(protocol), protocols)


def _take(faults: Iterator[Fault], count: int) -> None:
    for fault in faults:
        truth = truth_of(fault)
        if fault.behaviour or truth.touched:
            add_fault(fault)
            count -= 1
        if count <= 0:
            return


def _spread(name: str, dtype: Any) -> Iterator[tuple[Case, str, tuple[int, ...]]]:
    """Every case and path, in an order that differs from mistake to mistake, cases before further paths."""
    everything = []
    for case in RIGHT.values():
        paths = paths_of(case.build())
        order = sorted(paths, key=lambda path: zlib.crc32(f"{SALT}{name}{case.name}{path}".encode()))
        for turn, path in enumerate(order):
            key = turn, zlib.crc32(f"{SALT}{case.name}{name}{np.dtype(dtype)}".encode())
            everything.append((key, case, path, np.shape(paths[path])))
    for _, case, path, shape in sorted(everything, key=lambda entry: entry[0]):
        suffix = "" if dtype == np.float64 else f"@{np.dtype(dtype)}"
        yield evolve(case, name=case.name + suffix, dtype=dtype), path, shape


def _value_faults(value: Value, dtype: Any) -> Iterator[Fault]:
    for case, path, shape in _spread(value.name, dtype):
        optional = value.name == "missing" and path.startswith("input")
        if value.fits(shape) and not optional:
            yield Fault(
                f"{case.name}/{path}/{value.name}",
                case,
                changed_at(path, value.change),
                frozenset(value.causes),
                frozenset(value.also),
                behaviour=bool(BEHAVIOUR & {*value.causes}),
                paths=frozenset({path}) if BEHAVIOUR & {*value.causes} else frozenset(),
            )


def _protocol_faults(protocol: Protocol) -> Iterator[Fault]:
    for case, path, _ in _spread(protocol.name, np.float64):
        point = case.build()
        parameters, tuple_input = point.parameters, isinstance(point.x, tuple)
        if protocol.name in ("after_step", "mutates_parameter") and not parameters:
            continue
        if protocol.name in ("mutates_input", "forward_mutates") and (tuple_input or "input" not in paths_of(point)):
            continue
        if protocol.name in ("stale", "first_forever") and not _depends_on_the_point(point):
            continue
        state = protocol.name not in ("after_step",) and not protocol.name.startswith("upstream")
        wrong = protocol.break_it
        yield Fault(
            f"{case.name}/{path}/{protocol.name}",
            case,
            functools.partial(_at_path, wrong, path),
            frozenset(protocol.causes),
            paths=frozenset({*paths_of(point), *protocol.paths}) if state else frozenset(protocol.paths),
            behaviour=state,
        )


def _at_path(wrong: Callable[[Function, str], Function], path: str, function: Function) -> Function:
    return wrong(function, path)


def _depends_on_the_point(point: Point) -> bool:
    """Whether the pullback is another one at another point."""
    upstream = upstreams_of(point, 1)[0]
    here = gradients_at(point, upstream)
    x = tuple(map(_negative, point.x)) if isinstance(point.x, tuple) else _negative(point.x)
    there = Point(point.function, {name: _negative(value) for name, value in point.parameters.items()}, x)
    with np.errstate(all="ignore"):
        found = gradients_at(there, upstream)
    return any(value is not None and not np.allclose(value, here[path]) for path, value in found.items())


def _negative(value: Any) -> Any:
    return -value if np.asarray(value).dtype.kind == "f" else value
