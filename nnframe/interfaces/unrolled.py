"""Unrolled: a layer that takes one step after another, seen as all of its steps at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import frozen

from nnframe.arrays import Integers

if TYPE_CHECKING:
    from nnframe.interfaces.layer import AnyResult

__all__ = ["Unrolled"]


@frozen(eq=False)
class Unrolled:
    """A layer as equal steps, each taken from a state that is given, so that no step sees another.

    A verifier proves such a layer step by step: with the states given, an element of a weight moves few numbers of each
    new state, while through the whole layer it moves all.

    Args:
        run: (parameters, (x, states)) -> the new states, and the pullback -> ((dx, dstates), parameter gradients). It
            may take other states than those that the steps leave.
        before: For each number of the states, its place in the flat new states, from which the steps hand it on; -1
            where it begins as zero.
        shown: For each number of the layer's output, its place in the flat new states.
    """

    run: Callable[[object, object], AnyResult]
    before: Integers
    shown: Integers
