"""FunctionUnderTest: a function of named arrays and its hand-written pullback, at one point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from nnframe.arrays import Array, Integers
from nnframe.arrays.conversion import as_numbers
from nnframe.errors import DtypeError, NNFrameError, VerificationError
from nnframe.interruption import is_from_signal
from nnframe.text import quote
from nnframe.verification.budget import Budget, BudgetSpent

__all__ = ["Call", "FunctionUnderTest", "Gradients", "PointRefused", "Pull", "Steps", "Values", "read_array"]

Values = Mapping[str, Array]
"""Arrays by path."""
Gradients = Mapping[str, object]
"""What a pullback returned, by path; None where there is no gradient."""
Pull = Callable[[Array], Gradients]
"""An upstream gradient to gradients by path."""
Call = Callable[[Values], tuple[object, Pull]]
"""Values of the variables to an output and its pullback."""


class PointRefused(Exception):  # noqa: N818 - no mistake of anybody's: such a point cannot be had
    """A function under test raised something where the verifier moved it, as ``math.log`` does below zero."""


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


@frozen(eq=False)
class FunctionUnderTest:
    """A function of named arrays with its pullback, at one point. This is the one place where user code is called.

    Args:
        values: The point: every real variable by path. Nothing writes to it, and the function never sees it.
        call: The function: values -> (output, pullback).
        budget: Is asked before each call, and counts it.
        optional: Paths that need no gradient (the input of a first layer).
        fixed: The pullback ignores the point (a gradient given as numbers): it cannot be called elsewhere.
        writes: The function writes into its arguments, so it gets fresh copies every time.
        elsewhere: The function with other integer inputs, among which there are duplicates; None where there are none.
        steps: The function as steps that can be taken by themselves; None where it is not made of such.
    """

    values: Mapping[str, Array]
    call: Call
    budget: Budget = field(factory=Budget)
    optional: frozenset[str] = frozenset()
    fixed: bool = False
    writes: bool = False
    elsewhere: Call | None = None
    steps: Steps | None = None

    def at(self, values: Values, call: Call | None = None) -> FunctionUnderTest:
        """Return the function at another point."""
        return evolve(self, values=values, call=call or self.call)

    def run(self, values: Values) -> tuple[Array, Pull]:
        """Return the output at some values, and its pullback; both counted.

        Raises:
            BudgetSpent: The budget does not allow it.
            VerificationError: The output is no array of real numbers.
        """
        self.budget.spend_forward()
        output, pull = self.call(values)

        def pull_counted(upstream: Array) -> Gradients:
            self.budget.spend_pullback()
            gradients = pull(upstream)
            for path, gradient in gradients.items():
                if type(gradient) is not np.ndarray and gradient is not None:
                    read_array(gradient, f"the gradient of {quote(path)}")
            return gradients

        return _read_output(output), pull_counted

    def run_elsewhere(self, values: Values) -> tuple[Array, Pull]:
        """Return the output and the pullback at a point that nobody asked for.

        Raises:
            PointRefused: The function, or its pullback, raises anything there.
            BudgetSpent: The budget does not allow it.
        """

        def pull_elsewhere(upstream: Array) -> Gradients:
            try:
                return pull(upstream)
            except Exception as error:
                raise _as_refusal(error) from error

        try:
            output, pull = self.run(values)
        except Exception as error:
            raise _as_refusal(error) from error
        return output, pull_elsewhere

    def compute_output(self, values: Values) -> Array:
        """Return the output alone, at a point that nobody asked for; raises as ``run_elsewhere``."""
        given = {path: value.copy() for path, value in values.items()} if self.writes else values
        return self.run_elsewhere(given)[0]

    def copy_values(self, order: str = "K") -> dict[str, Array]:
        """Return copies of all variables, laid out as they are ("K") or contiguous ("C")."""
        return {path: np.array(value, order="K" if order == "K" else "C") for path, value in self.values.items()}


def _as_refusal(error: Exception) -> Exception:
    """What to raise for what was raised elsewhere: a signal's exception and a spent budget stay what they are."""
    return error if isinstance(error, (BudgetSpent, PointRefused)) or is_from_signal(error) else PointRefused()


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


def _read_output(output: object) -> Array:
    array = read_array(output, "the output")
    if array.dtype.kind == "f":
        return array
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    raise VerificationError(
        f"expected an output of real numbers, got {array.dtype} from {type(output).__name__}: "
        "return one array (or one number) and the pullback"
    )
