"""Functions that write into what is not theirs, draw at random, or look at the wrong point."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.case import Function, Gradients, Parameters, Pullback, Result
from tests.faults.draws import Array
from tests.faults.mutations.wrap import around, arrays_of, each_gradient, times

__all__ = [
    "dropout_unseeded",
    "input_centred",
    "input_overwritten",
    "pullback_unseeded",
    "step_taken",
    "updates_in_place",
    "upstream_scaled",
]


def step_taken(function: Function) -> Function:
    """The gradient is taken after a step of descent was."""

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(p, x)

        def later(u: Array) -> Gradients:
            step = pullback(np.ones_like(np.asarray(output)))[1]
            return function(
                {name: value - np.asarray(value).dtype.type(0.1) * step[name] for name, value in p.items()}, x
            )[1](u)

        return output, later

    return wrong


def updates_in_place(function: Function) -> Function:
    """The pullback takes a step of descent itself."""

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(p, x)

        def stepping(u: Array) -> Gradients:
            found = pullback(u)
            for name, gradient in found[1].items():
                p[name][...] -= 0.01 * gradient + 1e-3
            return found

        return output, stepping

    return wrong


def input_overwritten(function: Function) -> Function:
    """The pullback uses the memory of the input."""

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(p, x)

        def writing(u: Array) -> Gradients:
            found = each_gradient(lambda g: None if g is None else np.array(g), pullback(np.array(u)))
            for array in arrays_of(x):
                array *= 0.5  # noqa: PLW2901
            return found

        return output, writing

    return wrong


def input_centred(function: Function) -> Function:
    """The forward moves its input in place."""

    def wrong(p: Parameters, x: Any) -> Result:
        for array in arrays_of(x):
            array += 0.25  # noqa: PLW2901
        return function(p, x)

    return wrong


def upstream_scaled(pullback: Pullback, u: Array) -> Gradients:
    """The upstream gradient is scaled in place."""
    found = pullback(np.array(u))
    if isinstance(u, np.ndarray) and u.ndim:
        u *= 0.5
    elif isinstance(u, np.ndarray):
        u[()] = u * 0.5
    return found


def dropout_unseeded(function: Function) -> Function:
    """Every forward draws anew."""
    rng = np.random.default_rng(8)

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(p, x)
        keep = np.asarray(rng.random(np.shape(output)) < 0.5).astype(np.asarray(output).dtype)
        return output * keep * 2, lambda u: pullback(np.asarray(u * keep * 2))

    return wrong


def pullback_unseeded(function: Function) -> Function:
    """Every pullback draws anew."""
    rng = np.random.default_rng(9)
    return around(lambda pullback, u: times(1 + 0.1 * rng.normal(), pullback(u)))(function)
