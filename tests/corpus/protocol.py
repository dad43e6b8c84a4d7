"""Mistakes in how a function and its pullback behave, which can be made around any right function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from attrs import frozen

from tests.corpus.case import Function, Gradients, Result
from tests.corpus.mutations import replaced

__all__ = ["PROTOCOLS", "Protocol"]


@frozen
class Protocol:
    """A way to misbehave.

    Args:
        name: Of the mistake.
        break_it: Makes the wrong function, for the path that is concerned.
        causes: What explains it.
        paths: Where findings may fail besides the path itself.
    """

    name: str
    break_it: Callable[[Function, str], Function]
    causes: tuple[str, ...]
    paths: tuple[str, ...] = ()


def around_pullback(change: Callable[[Any, Any], Gradients]) -> Callable[[Function, str], Function]:
    """A function whose pullback is ``change(pullback, upstream)``."""

    def break_it(function: Function, path: str) -> Function:
        def wrong(p: Any, x: Any) -> Result:
            output, pullback = function(p, x)
            return output, lambda upstream: change(pullback, upstream)

        return wrong

    return break_it


def second_call(function: Function, path: str) -> Function:
    """The second call of one closure gives twice as much (a gradient added to what the closure keeps)."""

    def wrong(p: Any, x: Any) -> Result:
        output, pullback = function(p, x)
        calls = [0]

        def counting(upstream: Any) -> Gradients:
            calls[0] += 1
            return replaced(pullback(upstream), path, lambda g: g * calls[0])

        return output, counting

    return wrong


def accumulated(function: Function, path: str) -> Function:
    """What earlier pullbacks gave is added: the gradients are never set to zero."""
    total: list[Any] = []

    def wrong(p: Any, x: Any) -> Result:
        output, pullback = function(p, x)

        def adding(upstream: Any) -> Gradients:
            def add(gradient: Any) -> Any:
                total.append(gradient + total[-1] if total else np.array(gradient))
                return np.array(total[-1])

            return replaced(pullback(upstream), path, add)

        return output, adding

    return wrong


def aliased(function: Function, path: str) -> Function:
    """All pullbacks write into one buffer and hand it out."""
    buffer: dict[tuple[int, ...], Any] = {}

    def wrong(p: Any, x: Any) -> Result:
        output, pullback = function(p, x)

        def write(gradient: Any) -> Any:
            kept = buffer.setdefault(np.shape(gradient), np.array(gradient))
            kept[...] = gradient
            return kept

        return output, lambda upstream: replaced(pullback(upstream), path, write)

    return wrong


def stale(function: Function, path: str) -> Function:
    """The pullback belongs to the latest forward, whichever that was (values kept on the layer, not in the closure)."""
    latest: list[Any] = [None]

    def wrong(p: Any, x: Any) -> Result:
        output, latest[0] = function({name: np.array(value) for name, value in p.items()}, _copied(x))

        def of_the_latest(upstream: Any) -> Gradients:
            found: Gradients = latest[0](upstream)
            return found

        return output, of_the_latest

    return wrong


def first_forever(function: Function, path: str) -> Function:
    """The pullback belongs to the first forward for ever (a cache that is never emptied)."""
    first: list[Any] = []

    def wrong(p: Any, x: Any) -> Result:
        output, pullback = function({name: np.array(value) for name, value in p.items()}, _copied(x))
        first.append(pullback)
        return output, first[0]

    return wrong


def after_step(function: Function, path: str) -> Function:
    """The gradient at parameters to which a step of descent was already applied."""

    def wrong(p: Any, x: Any) -> Result:
        output, pullback = function(p, x)
        ones = np.ones_like(np.asarray(output))

        def later(upstream: Any) -> Gradients:
            step = pullback(ones)[1]
            moved = {name: value - np.asarray(value).dtype.type(0.05) * step[name] for name, value in p.items()}
            found: Gradients = function(moved, x)[1](upstream)
            return found

        return output, later

    return wrong


def mutates(what: str) -> Callable[[Function, str], Function]:
    """A pullback that writes into the input or a parameter."""

    def break_it(function: Function, path: str) -> Function:
        def wrong(p: Any, x: Any) -> Result:
            output, pullback = function(p, x)

            def writing(upstream: Any) -> Gradients:
                found = pullback(upstream)
                for array in p.values() if what == "parameter" else x if isinstance(x, tuple) else (x,):
                    if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                        array *= 1.5  # noqa: PLW2901
                return found

            return output, writing

        return wrong

    return break_it


def forward_mutates(function: Function, path: str) -> Function:
    """A forward that centres its input in place."""

    def wrong(p: Any, x: Any) -> Result:
        for array in x if isinstance(x, tuple) else (x,):
            if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                array += 0.25  # noqa: PLW2901
        found: Result = function(p, x)
        return found

    return wrong


def mutates_upstream(pullback: Any, upstream: Any) -> Gradients:
    """The upstream gradient is scaled in place after use."""
    found: Gradients = pullback(np.array(upstream))
    if isinstance(upstream, np.ndarray):
        upstream *= 0.5
    return found


def noisy_forward(function: Function, path: str) -> Function:
    """Every forward draws other noise (dropout without a seed)."""
    rng = np.random.default_rng(5)

    def wrong(p: Any, x: Any) -> Result:
        output, pullback = function(p, x)
        return output * (1 + 0.1 * rng.normal(size=np.shape(output))), pullback

    return wrong


def noisy_pullback(function: Function, path: str) -> Function:
    """Every pullback draws other noise."""
    rng = np.random.default_rng(6)

    def wrong(p: Any, x: Any) -> Result:
        output, pullback = function(p, x)

        def noisy(upstream: Any) -> Gradients:
            return replaced(pullback(upstream), path, lambda g: g * (1 + 0.1 * rng.normal()))

        return output, noisy

    return wrong


def _copied(x: Any) -> Any:
    return tuple(np.array(each) for each in x) if isinstance(x, tuple) else np.array(x)


ONCE = ("SECOND_CALL_DIFFERS", "STALE", "NOT_DETERMINISTIC", "ALIASED")

PROTOCOLS = [
    Protocol("upstream_ignored", around_pullback(lambda back, u: back(np.ones_like(u))), ("UPSTREAM_IGNORED",)),
    Protocol("upstream_squared", around_pullback(lambda back, u: back(u * u)), ("NOT_LINEAR_IN_UPSTREAM",)),
    Protocol("upstream_sign", around_pullback(lambda back, u: back(np.sign(u))), ("NOT_LINEAR_IN_UPSTREAM",)),
    Protocol("upstream_absolute", around_pullback(lambda back, u: back(np.abs(u))), ("NOT_LINEAR_IN_UPSTREAM",)),
    Protocol(
        "upstream_shifted",
        around_pullback(lambda back, u: back(u + np.asarray(u).dtype.type(0.5))),
        ("NOT_LINEAR_IN_UPSTREAM", "EXTRA_TERM"),
    ),
    Protocol("second_call", second_call, ("SECOND_CALL_DIFFERS", "STALE")),
    Protocol("accumulated", accumulated, ONCE),
    Protocol("aliased", aliased, ("ALIASED",)),
    Protocol("stale", stale, ("STALE",)),
    Protocol("first_forever", first_forever, ("STALE", "WRONG_NEARBY")),
    Protocol("after_step", after_step, ("STALE",)),
    Protocol("mutates_input", mutates("input"), ("MUTATES_INPUT",), ("forward", "upstream")),
    Protocol("mutates_parameter", mutates("parameter"), ("MUTATES_INPUT",), ("forward", "upstream")),
    Protocol("forward_mutates", forward_mutates, ("MUTATES_INPUT",), ("forward", "upstream")),
    Protocol("mutates_upstream", around_pullback(mutates_upstream), ("MUTATES_UPSTREAM",), ("upstream",)),
    Protocol("noisy_forward", noisy_forward, ("NOT_DETERMINISTIC",), ("forward",)),
    Protocol("noisy_pullback", noisy_pullback, ("NOT_DETERMINISTIC", "SECOND_CALL_DIFFERS"), ("forward",)),
]
