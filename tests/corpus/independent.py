"""What the gradient is, found without any pullback: central differences of order eight."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import Point, paths_of

__all__ = ["differences", "upstreams_of", "with_value"]

WEIGHTS = {1: 4 / 5, 2: -1 / 5, 3: 4 / 105, 4: -1 / 280}


def with_value(point: Point, path: str, value: Any) -> Point:
    """The same point with another array at one path."""
    if not path.startswith("input"):
        return Point(point.function, {**point.parameters, path: value}, point.x)
    if path == "input":
        return Point(point.function, point.parameters, value)
    number = int(path.split(".")[1])
    return Point(point.function, point.parameters, (*point.x[:number], value, *point.x[number + 1 :]))


def upstreams_of(point: Point, count: int, seed: int = 7) -> list[Any]:
    """Random upstream gradients in the output's shape and type."""
    output = np.asarray(point.function(point.parameters, point.x)[0])
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=output.shape)).astype(output.dtype) for _ in range(count)]


def differences(point: Point, upstream: Any, step: float) -> dict[str, Any]:
    """The gradient at every path, by central differences of order eight in float64."""
    found = {}
    for path, value in paths_of(point).items():
        array = np.asarray(value, dtype=np.float64)
        gradient = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            length = step * max(1.0, abs(array[index]))
            for multiple, weight in WEIGHTS.items():
                both = []
                for sign in (1, -1):
                    moved = array.copy()
                    moved[index] += sign * multiple * length
                    there = with_value(point, path, moved)
                    both.append(np.asarray(there.function(there.parameters, there.x)[0]))
                gradient[index] += weight * float((upstream * (both[0] - both[1])).sum()) / length
        found[path] = gradient
    return found
