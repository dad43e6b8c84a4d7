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
            length = step * max(1.0, float(abs(array[index])))
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


def nearest(point: Point, path: str, gradient: Any, upstream: Any) -> float:
    """How far a gradient is from the nearest of many difference quotients, relative to its largest element.

    Good enough to catch a wrong formula at a difficult point, where no single step is right for every element. A
    quotient that the output's last digits could explain counts as near.
    """
    array: Any = np.asarray(paths_of(point)[path], dtype=np.float64)
    middle = np.asarray(point.function(point.parameters, point.x)[0], dtype=np.float64)
    digits = 32 * float(np.finfo(np.asarray(point.function(point.parameters, point.x)[0]).dtype).eps)
    promised: Any = np.asarray(gradient, dtype=np.float64)
    largest = float(np.abs(promised).max(initial=0.0))
    worst = 0.0
    for index in np.ndindex(array.shape):
        best = np.inf
        for step in (10.0**exponent * (abs(array[index]) or 1.0) for exponent in range(-1, -13, -1)):
            best = min(best, *_distances(point, path, index, step, middle, promised[index], upstream, digits))
        worst = max(worst, best / largest if largest > 0 else float(best > 0))
    return worst


def _distances(
    point: Point, path: str, index: Any, step: float, middle: Any, promised: float, upstream: Any, digits: float
) -> list[float]:
    """How far a derivative is from the quotients to the right, to the left and from both sides."""
    dtype = paths_of(point)[path].dtype
    moved = []
    for sign in (1, -1):
        array = np.array(paths_of(point)[path])
        array[index] += dtype.type(sign * step)
        length = float(array[index]) - float(paths_of(point)[path][index])
        try:
            there = with_value(point, path, array)
            output = np.asarray(there.function(there.parameters, there.x)[0], dtype=np.float64)
        except ValueError:
            continue
        moved.append((length, output))
    wide = np.asarray(upstream, dtype=np.float64)
    noise = digits * float((np.abs(wide) * (np.abs(middle) + 1e-300)).sum()) / step
    pairs = [(length, output, 0.0, middle) for length, output in moved]
    if len(moved) == 2:
        pairs.append((*moved[0], *moved[1]))
    quotients = [float((wide * (there - here)).sum()) / (far - near) for far, there, near, here in pairs if far != near]
    return [max(0.0, abs(quotient - promised) - noise) for quotient in quotients if np.isfinite(quotient)] or [np.inf]
