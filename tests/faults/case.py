"""Case: a function whose pullback is right, with the point at which it is verified."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from attrs import evolve, field, frozen

from tests.faults.draws import Array, Draw

__all__ = ["RIGHT", "Case", "Function", "Gradients", "Parameters", "Point", "Pullback", "Result", "right"]

Parameters = Mapping[str, Array]
Gradients = tuple[Any, dict[str, Any]]
Pullback = Callable[[Array], Gradients]
Result = tuple[Any, Pullback]
Function = Callable[[Parameters, Any], Result]


@frozen(eq=False)
class Point:
    """What a verifier is given."""

    function: Function
    parameters: dict[str, Any]
    x: Any

    def variables(self) -> dict[str, Any]:
        """Every array of real numbers by the path of its gradient."""
        inputs = dict(self.inputs())
        return {
            path: each for path, each in {**self.parameters, **inputs}.items() if np.asarray(each).dtype.kind == "f"
        }

    def inputs(self) -> list[tuple[str, Any]]:
        """Inputs by path, integers too."""
        if isinstance(self.x, tuple):
            return [(f"input.{number}", value) for number, value in enumerate(self.x)]
        return [("input", self.x)]

    def moved(self, path: str, value: Any) -> Point:
        """The point with another value of one variable."""
        if path in self.parameters:
            return evolve(self, parameters={**self.parameters, path: value})
        if isinstance(self.x, tuple):
            return evolve(self, x=tuple(value if name == path else each for name, each in self.inputs()))
        return evolve(self, x=value)

    def output(self) -> Array:
        """The value of the function."""
        return np.asarray(self.function(self.parameters, self.x)[0])

    def gradients(self, upstream: Array) -> dict[str, Any]:
        """What the pullback returns, by path."""
        of_input, of_parameters = self.function(self.parameters, self.x)[1](upstream)
        parts = of_input if isinstance(self.x, tuple) and of_input is not None else [of_input] * len(self.inputs())
        everything = {**of_parameters, **{name: part for (name, _), part in zip(self.inputs(), parts, strict=False)}}
        return {path: everything.get(path) for path in self.variables()}

    def upstreams(self, count: int = 3) -> list[Array]:
        """Ones, then random ones, of the output's shape and precision."""
        output = self.output()
        dtype = output.dtype if output.dtype.kind == "f" else np.dtype(np.float64)
        rng = np.random.default_rng(77)
        drawn = [np.ones(output.shape)] + [np.asarray(rng.normal(size=output.shape)) for _ in range(count - 1)]
        return [np.asarray(each.astype(dtype)) for each in drawn]


@frozen(eq=False)
class Case:
    """A right function, and how to draw its point.

    Args:
        name: The name of the function, unique in the corpus.
        function: ``function(parameters, x) -> (output, pullback)``.
        x: Draws the input.
        parameters: Draw the parameters.
        dtype: Every array of float64 is cast to it.
        kinks: Paths where the point has no derivative, so that other values may be as right as the pullback's.
        tolerance: How far the independent check may be off, relative to the gradient; None where there is none.
    """

    name: str
    function: Function
    x: Draw
    parameters: dict[str, Draw] = field(factory=dict)
    dtype: Any = np.float64
    kinks: frozenset[str] = frozenset()
    tolerance: float | None = 1e-7

    def build(self) -> Point:
        """Fresh arrays, the same at every call, and the same numbers in every precision."""
        rng = np.random.default_rng(zlib.crc32(self.name.split("@")[0].encode()))
        x = self.x(rng)
        parameters = {name: self._cast(draw(rng)) for name, draw in self.parameters.items()}
        return Point(self.function, parameters, tuple(map(self._cast, x)) if isinstance(x, tuple) else self._cast(x))

    def in_precision(self, dtype: Any) -> Case:
        """The same case in another precision."""
        return evolve(self, name=f"{self.name}@{np.dtype(dtype).name}", dtype=dtype)

    def _cast(self, value: Any) -> Any:
        if self.dtype is np.float64 or np.asarray(value).dtype != np.float64:
            return value
        return np.asarray(value).astype(self.dtype)


RIGHT: dict[str, Case] = {}


def right(x: Draw, **parameters: Draw) -> Callable[[Function], Function]:
    """Enter a function, under its own name, into the right ones."""

    def enter(function: Function) -> Function:
        add(RIGHT, Case(function.__name__, function, x, parameters))
        return function

    return enter


def add(cases: dict[str, Case], case: Case) -> None:
    """Enter a case.

    Raises:
        ValueError: If its name is taken.
    """
    if case.name in cases:
        raise ValueError(f"there are two cases of the name {case.name!r}")
    cases[case.name] = case
