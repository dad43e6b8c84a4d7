"""Mistakes in how a function and its pullback behave, made around any right function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from attrs import frozen

from tests.faults.case import Function, Gradients, Parameters, Pullback, Result
from tests.faults.draws import Array

__all__ = ["BEHAVIOURS", "Behaviour"]

Wrap = Callable[[Function], Function]


@frozen
class Behaviour:
    """A way to misbehave.

    Args:
        name: Of the mistake.
        wrap: Makes the wrong function.
        causes: Names of the causes that say what it is.
        needs: ``"parameters"``, ``"input"`` (a single one of real numbers), ``"curved"`` (gradients that depend on the
            point), or nothing.
        count: How many functions get it.
        numbers: The mistake shows in the numbers of one call; it is compared with the right pullback.
    """

    name: str
    wrap: Wrap
    causes: str
    needs: str = ""
    count: int = 5
    numbers: bool = False


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


def tape_consumed(function: Function) -> Function:
    """A tape that the first call empties: the second gets zeros."""

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(p, x)
        tape = [pullback]
        return output, lambda u: tape.pop()(u) if tape else times(0, pullback(u))

    return wrong


def tape_exhausted(function: Function) -> Function:
    """A tape that the first call empties: the second raises an error."""

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(p, x)
        tape = [pullback]
        return output, lambda u: tape.pop()(u)

    return wrong


def never_cleared(function: Function) -> Function:
    """Gradients add up over all calls of all closures, as where nobody sets them to zero."""
    sums: dict[object, Array] = {}

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(p, x)

        def adding(u: Array) -> Gradients:
            count = [0]

            def add(g: Any) -> Any:
                count[0] += 1
                if g is None:
                    return None
                sums[count[0], np.shape(g)] = g + sums.get((count[0], np.shape(g)), 0)
                return np.array(sums[count[0], np.shape(g)])

            return each_gradient(add, pullback(u))

        return output, adding

    return wrong


def one_buffer(function: Function) -> Function:
    """Gradients are written into buffers that all calls share."""
    buffers: dict[object, Array] = {}

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(p, x)

        def writing(u: Array) -> Gradients:
            count = [0]

            def write(g: Any) -> Any:
                count[0] += 1
                if g is None:
                    return None
                buffer = buffers.setdefault((count[0], np.shape(g)), np.array(g))
                buffer[...] = g
                return buffer

            return each_gradient(write, pullback(u))

        return output, writing

    return wrong


def latest_forward(function: Function) -> Function:
    """What the pullback needs is kept on the layer, so that it belongs to the latest forward."""
    kept: list[Any] = [None]

    def wrong(p: Parameters, x: Any) -> Result:
        output, kept[0] = function(*copied(p, x))
        return output, lambda u: kept[0](u)

    return wrong


def first_forward(function: Function) -> Function:
    """What the pullback needs is kept from the first forward for ever."""
    kept: list[Any] = []

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(*copied(p, x))
        kept.append(pullback)
        return output, lambda u: kept[0](u)

    return wrong


def forward_before(function: Function) -> Function:
    """The pullback belongs to the forward before this one."""
    kept: list[Any] = []

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(*copied(p, x))
        kept.append(pullback)
        return output, lambda u: kept[-2 if len(kept) > 1 else -1](u)

    return wrong


def step_taken(function: Function) -> Function:
    """The gradient is taken after a step of descent was."""

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(p, x)

        def later(u: Array) -> Gradients:
            step = pullback(np.ones_like(np.asarray(output)))[1]
            return function({name: value - np.asarray(value).dtype.type(0.1) * step[name] for name, value in p.items()}, x)[1](u)

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


def grows_by_call(function: Function) -> Function:
    """The gradient grows by each call of one closure."""

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(p, x)
        calls = [0]

        def counting(u: Array) -> Gradients:
            calls[0] += 1
            return times(calls[0], pullback(u))

        return output, counting

    return wrong


REPEAT = "SECOND_CALL_DIFFERS STALE ALIASED"
BEHAVIOURS = [
    Behaviour("upstream_as_ones", around(lambda back, u: back(np.ones_like(u))), "UPSTREAM_IGNORED", count=8, numbers=True),
    Behaviour("upstream_squared", around(lambda back, u: back(u * u)), "NOT_LINEAR_IN_UPSTREAM", count=6, numbers=True),
    Behaviour("upstream_by_sign", around(lambda back, u: back(np.sign(u))), "NOT_LINEAR_IN_UPSTREAM", count=6, numbers=True),
    Behaviour("upstream_absolute", around(lambda back, u: back(np.abs(u))), "NOT_LINEAR_IN_UPSTREAM", count=6, numbers=True),
    Behaviour("upstream_plus_one", around(lambda back, u: back(np.asarray(u + u.dtype.type(1)))), "NOT_LINEAR_IN_UPSTREAM EXTRA_TERM", count=5, numbers=True),
    Behaviour("upstream_averaged", around(lambda back, u: back(np.full_like(u, u.mean()))), "WRONG_AXIS_SUM", count=0, numbers=True),
    Behaviour("upstream_clipped", around(lambda back, u: back(np.clip(u, -1, 1))), "NOT_LINEAR_IN_UPSTREAM", count=6, numbers=True),
    Behaviour("tape_consumed", tape_consumed, "SECOND_CALL_DIFFERS NOT_LINEAR_IN_UPSTREAM ZERO"),
    Behaviour("tape_exhausted", tape_exhausted, "SECOND_CALL_DIFFERS", count=3),
    Behaviour("grows_by_call", grows_by_call, REPEAT),
    Behaviour("never_cleared", never_cleared, f"{REPEAT} NOT_DETERMINISTIC"),
    Behaviour("one_buffer", one_buffer, "ALIASED", count=6),
    Behaviour("latest_forward", latest_forward, "STALE", "curved", 6),
    Behaviour("first_forward", first_forward, "STALE", "curved", 6),
    Behaviour("forward_before", forward_before, "STALE SECOND_CALL_DIFFERS", "curved", 5),
    Behaviour("step_taken", step_taken, "STALE", "parameters", 6, numbers=True),
    Behaviour("updates_in_place", updates_in_place, "MUTATES_INPUT", "parameters", 5),
    Behaviour("input_overwritten", input_overwritten, "MUTATES_INPUT", "input", 5),
    Behaviour("input_centred", input_centred, "MUTATES_INPUT", "input", 5),
    Behaviour("upstream_scaled", around(upstream_scaled), "MUTATES_UPSTREAM", count=6),
    Behaviour("dropout_unseeded", dropout_unseeded, "NOT_DETERMINISTIC SECOND_CALL_DIFFERS", count=5),
    Behaviour("pullback_unseeded", pullback_unseeded, "NOT_DETERMINISTIC SECOND_CALL_DIFFERS", count=5),
]
