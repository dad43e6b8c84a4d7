"""FunctionUnderTest: one function and its hand-written pullback, the way the engine sees all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from nnframe.arrays import Array, Integers
from nnframe.arrays.conversion import as_numbers
from nnframe.errors import DtypeError, NNFrameError, VerificationError
from nnframe.text import quote
from nnframe.verification.budget import Budget
from nnframe.verification.floats.shifted import Shifted
from nnframe.verification.floats.step_scale import MANY, element_scales, usual_scales
from nnframe.verification.report.detail import Details

__all__ = ["Call", "Pull", "Steps", "FunctionUnderTest", "Values", "read_array"]

Values = Mapping[str, Array]
"""Arrays by path."""
Pull = Callable[[Array], Mapping[str, object]]
"""An upstream gradient to gradients by path (None where there is none)."""
Call = Callable[[Values], tuple[object, Pull]]
"""Values of the variables to an output and its pullback."""


LARGE = 2**20
"""Elements from which on a subject is large."""


@frozen(eq=False)
class Steps:
    """A function that goes from step to step, as all of its steps at once (``Unrolled``).

    Args:
        call: (variables, the input as ``"input.0"``, and the states before each step as ``"input.1"``) -> the new
            states and their pullback.
        before, shown: Where the states and the output come from, in the flat new states.
    """

    call: Call
    before: Integers
    shown: Integers


@define(eq=False)
class FunctionUnderTest:
    """A function of named arrays, with its pullback; counts what is spent on it.

    Attributes:
        values: The point: every real variable by path. Never written to, and never handed to the function.
        call: The function: values -> (output, pullback).
        optional: Paths that need no gradient (the input of a first layer).
        fixed: The pullback ignores the point (a gradient given as numbers): it cannot be called elsewhere.
        fragile: The function writes into its arguments, so it gets fresh copies every time.
        elsewhere: The integer inputs at another point, where duplicates show; None where there are none.
        details: Keep what a picture of each gradient shows.
        steps: The function as steps that can be taken by themselves; None where it is not made of such.
        lent: What every forward of a large subject may have, once it is known to leave it alone: copies, or what the
            guard has a copy of.
        origins: Of a point that is kept once, and lent itself: what was in it before elements moved.
    """

    values: dict[str, Array]
    call: Call
    optional: frozenset[str] = frozenset()
    fixed: bool = False
    budget: Budget = field(factory=Budget)
    fragile: bool = False
    forwards: int = 0
    pullbacks: int = 0
    elsewhere: Call | None = None
    details: Details = False
    steps: Steps | None = None
    lent: dict[str, Array] | None = None
    origins: Mapping[str, Shifted] = field(factory=dict)
    _scales: dict[str, Array] = field(init=False, factory=dict)

    @property
    def large(self) -> bool:
        """Whether copies and forwards are to be spared."""
        return sum(value.size for value in self.values.values()) > LARGE

    @property
    def exhausted(self) -> bool:
        """Whether the budget is spent."""
        return self.budget.exhausted(self.forwards)

    def at(self, points: Mapping[str, Array | Shifted], call: Call | None = None) -> FunctionUnderTest:
        """The same at another point, with counts of its own; of a large one, what was moved is lent as it is."""
        values = {path: each.array() if isinstance(each, Shifted) else each for path, each in points.items()}
        there = FunctionUnderTest(values, call or self.call, self.optional, budget=self.budget, fragile=self.fragile)
        if there.large and not self.fragile:
            there.origins = {path: each for path, each in points.items() if isinstance(each, Shifted)}
            there.lent = {path: each if path in there.origins else np.array(each) for path, each in values.items()}
        return there

    def scales(self, path: str) -> Array:
        """The scale of each element of a variable (``element_scales``)."""
        if path not in self._scales:
            self._scales[path] = element_scales(self.values[path])
        return self._scales[path]

    def usual_scales(self, path: str) -> Array:
        """The scale of each element of a variable; one for all where there are very many."""
        return self.scales(path) if self.values[path].size <= MANY else usual_scales(self.values[path])

    def run(self, values: Values) -> tuple[Array, Callable[[Array], Mapping[str, object]]]:
        """The output at some values, and its pullback; both counted."""
        self.forwards += 1
        output, pull = self.call(values)

        def counted(upstream: Array) -> Mapping[str, object]:
            self.pullbacks += 1
            gradients = pull(upstream)
            for path, gradient in gradients.items():
                if type(gradient) is not np.ndarray and gradient is not None:
                    read_array(gradient, f"the gradient of {quote(path)}")
            return gradients

        return output_of(output), counted

    def output(self, values: Values) -> Array:
        """The output alone."""
        self.forwards += 1
        if self.fragile:
            values = {path: value.copy() for path, value in values.items()}
        return output_of(self.call(values)[0])

    def copies(self, order: str = "K") -> dict[str, Array]:
        """Fresh copies of all variables: laid out as the originals ("K") or contiguous ("C")."""
        if order == "K" and self.lent is not None and not self.fragile:
            return self.lent
        return {path: np.array(value, order="K" if order == "K" else "C") for path, value in self.values.items()}


def read_array(value: object, what: str) -> NDArray[Any]:
    """Read what a user gave, or a function returned, as a plain array of any dtype.

    Raises:
        VerificationError: It is ragged, has masked elements, or its library does not give its numbers.
    """
    if type(value) is np.ndarray:
        return value
    try:
        return as_numbers(value, what)
    except DtypeError:
        return np.asarray(value)
    except NNFrameError as cause:
        raise VerificationError(cause.message) from cause


def output_of(output: object) -> Array:
    """An output as an array of real numbers; raises VerificationError where it is none."""
    array = read_array(output, "the output")
    if array.dtype.kind == "f":
        return array
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    raise VerificationError(
        f"expected an output of real numbers, got {array.dtype} from {type(output).__name__}: "
        "return one array (or one number) and the pullback"
    )
