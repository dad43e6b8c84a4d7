"""Functions that remember what they should not, or forget what they should remember."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.case import Function, Gradients, Parameters, Result
from tests.faults.draws import Array
from tests.faults.mutations.wrap import copied, each_gradient, times

__all__ = [
    "first_forward",
    "forward_before",
    "grows_by_call",
    "latest_forward",
    "never_cleared",
    "one_buffer",
    "tape_consumed",
    "tape_exhausted",
]


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
        return output, lambda u: tape.pop()(u)  # noqa: PLW0108 - not bound before it is called

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
        return output, lambda u: kept[0](u)  # noqa: PLW0108 - not bound before it is called

    return wrong


def first_forward(function: Function) -> Function:
    """What the pullback needs is kept from the first forward for ever."""
    kept: list[Any] = []

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(*copied(p, x))
        kept.append(pullback)
        return output, lambda u: kept[0](u)  # noqa: PLW0108 - not bound before it is called

    return wrong


def forward_before(function: Function) -> Function:
    """The pullback belongs to the forward before this one."""
    kept: list[Any] = []

    def wrong(p: Parameters, x: Any) -> Result:
        output, pullback = function(*copied(p, x))
        kept.append(pullback)
        return output, lambda u: kept[-2 if len(kept) > 1 else -1](u)  # noqa: PLW0108 - not bound before it is called

    return wrong


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
