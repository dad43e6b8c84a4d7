"""Functions with hand-written pullbacks that the tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Result = tuple[Any, Callable[[Any], tuple[Any, dict[str, Any]]]]
Function = Callable[[Any, Any], Result]


def dense(p: Any, x: Any) -> Result:
    """y = x W + b."""
    return x @ p["weight"] + p["bias"], lambda u: (u @ p["weight"].T, {"weight": x.T @ u, "bias": u.sum(0)})


def dense_values(batch: int = 6, inputs: int = 4, units: int = 3) -> tuple[dict[str, Any], Any]:
    """Parameters and an input for ``dense``."""
    rng = np.random.default_rng(0)
    return {"weight": rng.normal(size=(inputs, units)), "bias": rng.normal(size=units)}, rng.normal(
        size=(batch, inputs)
    )


def bits(arrays: dict[str, Any]) -> dict[str, bytes]:
    """The bytes of arrays, to see later whether they are as they were."""
    return {name: value.tobytes() for name, value in arrays.items()}


def elementwise(value: Callable[[Any], Any], derivative: Callable[[Any], Any]) -> Function:
    """y = f(x), element by element, with a claimed derivative."""
    return lambda p, x: (value(x), lambda u: (u * derivative(x), {}))


def changed(function: Function, path: str, change: Callable[[Any], Any]) -> Function:
    """The same function with one gradient changed."""

    def wrong(p: Any, x: Any) -> Result:
        output, pullback = function(p, x)

        def wrong_pullback(u: Any) -> tuple[Any, dict[str, Any]]:
            dx, gradients = pullback(u)
            if path == "input":
                return change(dx), gradients
            return dx, {**gradients, path: change(gradients[path])}

        return output, wrong_pullback

    return wrong
