"""Case: a function with its right pullback, and the point at which it is verified."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from attrs import field, frozen

from tests.corpus.data import Draw

__all__ = [
    "RIGHT",
    "SALT",
    "TRICKY",
    "Case",
    "Gradients",
    "Point",
    "Pull",
    "Result",
    "gradients_at",
    "paths_of",
    "right",
    "tricky",
]

Arrays = Mapping[str, Any]
Gradients = tuple[Any, dict[str, Any]]
Pull = Callable[[Any], Gradients]
Result = tuple[Any, Pull]
Function = Callable[[Any, Any], Result]


@frozen(eq=False)
class Point:
    """What a verifier is given: a function, parameters and an input."""

    function: Function
    parameters: dict[str, Any]
    x: Any


@frozen(eq=False)
class Case:
    """A function whose pullback is right, and how to draw the point.

    Args:
        name: Unique.
        function: ``function(parameters, x) -> (output, pullback)``.
        x: Draws the input.
        parameters: Draw the parameters.
        dtype: float64, or what every float array is cast to.
        free: Paths at which other values than the pullback's are right too (kinks), so that no injected fault counts.
        smooth: Whether differences of high order may judge the pullback.
    """

    name: str
    function: Function
    x: Draw
    parameters: dict[str, Draw] = field(factory=dict)
    dtype: Any = np.float64
    free: frozenset[str] = frozenset()
    smooth: bool = True

    def build(self) -> Point:
        """Fresh arrays, the same ones every time."""
        rng = np.random.default_rng([zlib.crc32(self.name.split("@", maxsplit=1)[0].encode()), *SALT])
        x = self.x(rng)
        parameters = {name: draw(rng) for name, draw in self.parameters.items()}
        if self.dtype != np.float64:
            x = tuple(map(self._cast, x)) if isinstance(x, tuple) else self._cast(x)
            parameters = {name: self._cast(value) for name, value in parameters.items()}
        return Point(self.function, parameters, x)

    def _cast(self, value: Any) -> Any:
        array = np.asarray(value)
        return array.astype(self.dtype) if array.dtype.kind == "f" else value


SALT: list[int] = []
"""Empty; or a number that gives every case other arrays, and the systematic faults other functions."""
RIGHT: dict[str, Case] = {}
TRICKY: dict[str, Case] = {}


def right(name: str, x: Draw, **parameters: Draw) -> Callable[[Function], Function]:
    """Put a function into the list of right ones."""

    def add(function: Function) -> Function:
        _add(RIGHT, Case(name, function, x, parameters))
        return function

    return add


def tricky(
    name: str, function: Function, x: Draw, *, dtype: Any = np.float64, free: Any = (), **parameters: Any
) -> None:
    """Put a right function at a difficult point into the list of tricky cases."""
    _add(TRICKY, Case(name, function, x, parameters, dtype, frozenset(free), smooth=False))


def _add(cases: dict[str, Case], case: Case) -> None:
    if case.name in RIGHT or case.name in TRICKY:
        raise ValueError(f"there are two cases of the name {case.name!r}")
    cases[case.name] = case


def paths_of(point: Point) -> dict[str, Any]:
    """Every array that has a gradient, by its path."""
    inputs = point.x if isinstance(point.x, tuple) else (point.x,)
    names = [f"input.{number}" if isinstance(point.x, tuple) else "input" for number in range(len(inputs))]
    everything = [*point.parameters.items(), *zip(names, inputs, strict=True)]
    return {name: value for name, value in everything if np.asarray(value).dtype.kind == "f"}


def gradients_at(point: Point, upstream: Any) -> dict[str, Any]:
    """The gradients that a pullback gives, by their paths."""
    _, pullback = point.function(point.parameters, point.x)
    return by_path(point, pullback(upstream))


def by_path(point: Point, gradients: Gradients) -> dict[str, Any]:
    """Gradients as a pullback returns them, by their paths."""
    of_input, of_parameters = gradients
    found = dict(of_parameters)
    if isinstance(point.x, tuple):
        found |= {f"input.{number}": value for number, value in enumerate(of_input or ())}
    else:
        found["input"] = of_input
    return {path: found.get(path) for path in paths_of(point)}
