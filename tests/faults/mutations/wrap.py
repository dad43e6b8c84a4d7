"""What wrong functions are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.faults.case import Function, Gradients, Parameters, Pullback, Result
from tests.faults.draws import Array

__all__ = ["Wrap", "around", "arrays_of", "copied", "each_gradient", "times"]

Wrap = Callable[[Function], Function]


def around(change: Callable[[Pullback, Array], Gradients]) -> Wrap:
    """A function whose pullback is ``change(right pullback, upstream)``."""

    def wrap(function: Function) -> Function:
        def wrong(p: Parameters, x: Any) -> Result:
            output, pullback = function(p, x)
            return output, lambda u: change(pullback, u)

        return wrong

    return wrap


def each_gradient(change: Callable[[Any], Any], gradients: Gradients) -> Gradients:
    """Gradients, every array of them changed."""
    of_input, of_parameters = gradients
    inputs = tuple(map(change, of_input)) if isinstance(of_input, tuple) else change(of_input)
    return inputs, {name: change(value) for name, value in of_parameters.items()}


def times(factor: Any, gradients: Gradients) -> Gradients:
    """Gradients times a number."""
    return each_gradient(lambda g: None if g is None else np.asarray(g * np.asarray(g).dtype.type(factor)), gradients)


def copied(p: Parameters, x: Any) -> tuple[dict[str, Any], Any]:
    """The same point in arrays of one's own."""
    return {k: np.array(v) for k, v in p.items()}, tuple(map(np.array, x)) if isinstance(x, tuple) else np.array(x)


def arrays_of(x: Any) -> list[Array]:
    """The input's arrays of real numbers."""
    return [a for a in (x if isinstance(x, tuple) else (x,)) if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
