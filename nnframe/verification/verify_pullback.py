"""verify_pullback: verify a function together with its hand-written pullback."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import VerificationError
from nnframe.interfaces.builder import describe
from nnframe.interruption import guard_from_signals
from nnframe.text import quote
from nnframe.verification.budget import Budget, BudgetLike, start_budget
from nnframe.verification.checks.generic_point import duplicate_neighbours
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.function.from_layer import refuse_taken_names
from nnframe.verification.function.function import FunctionUnderTest, Pull, Values, read_array
from nnframe.verification.function.isolation import Isolation
from nnframe.verification.pipeline import Settings, check_function
from nnframe.verification.report.detail import Details
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.reporting import report_spending

__all__ = ["Function", "verify_pullback"]

Function = Callable[..., tuple[object, Callable[..., tuple[object, Mapping[str, object]]]]]
"""(parameters, x) -> (output, pullback); pullback(upstream) -> (input gradient or None, {name: gradient})."""


@guard_from_signals
def verify_pullback(
    function: Function,
    parameters: Mapping[str, object],
    x: object,
    *,
    seed: int = 0,
    budget: BudgetLike = None,
    details: Details = False,
) -> VerificationReport:
    """Verify a function and its hand-written pullback: every gradient, at one point.

    There is no step and no tolerance to choose: every derivative comes with an error bar of its own.

    Args:
        function: ``function(parameters, x) -> (output, pullback)``, where ``pullback(upstream)`` returns the gradient
            with respect to the input (or None) and a mapping from parameter names to gradients.
        parameters: Arrays by name; may be empty.
        x: The input: an array, or a tuple of arrays. Integers get no gradient.
        seed: Chooses the upstream gradients and directions; recorded in the report.
        budget: At most so many forwards (int), seconds (float), or both (``Budget``).
        details: Keep what pictures of each gradient show (some fifty more forwards for each); True for the worst
            element of each, or the element to show by path, ``{"weight": (2, 3)}``.

    Returns:
        One finding for each gradient (``"weight"``, ``"input"``, ``"input.0"``), and one for each thing that is wrong
        with the function itself (``"forward"``, ``"upstream"``).

    >>> def square(parameters, x):
    ...     return parameters["scale"] * x**2, lambda upstream: (
    ...         2 * parameters["scale"] * x * upstream, {"scale": (upstream * x**2).sum()})
    >>> verify_pullback(square, {"scale": np.array(3.0)}, np.array([1.0, 2.0])).passed
    True
    """
    spending = start_budget(budget)
    if not isinstance(parameters, Mapping):
        raise VerificationError(f"expected parameters as a mapping from names to arrays, got {quote(parameters)}")
    under_test, originals = make_function(function, parameters, x, spending)
    isolation = Isolation.of(originals)
    isolated = isolation.isolate(under_test)
    findings = isolation.run(lambda: check_function(isolated, Draws(seed), Settings(details=details)))
    return report_spending(findings, seed, spending)


def _run(
    function: Function, parameters: Mapping[str, object], x: object
) -> tuple[object, Callable[[Array], tuple[object, Mapping[str, object]]]]:
    """Run a function; what it and its pullback return is checked."""
    output, pullback = _require_pair(function(parameters, x), "the function must return (output, pullback)")
    if not callable(pullback):
        raise VerificationError(
            f"the function must return (output, pullback), and returned {describe(pullback)} second"
        )

    def pull(upstream: Array) -> tuple[object, Mapping[str, object]]:
        wanted = "the pullback must return (input gradient, {name: gradient})"
        input_gradient, gradients = _require_pair(pullback(upstream), wanted)
        if not isinstance(gradients, Mapping):
            raise VerificationError(f"{wanted}, and returned {describe(gradients)} in the place of the mapping")
        return input_gradient, gradients

    return output, pull


def _require_pair(result: object, wanted: str) -> tuple[object, object]:
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise VerificationError(f"{wanted}, a tuple of two, and returned {describe(result)}")
    return result[0], result[1]


def make_function(
    function: Function, parameters: Mapping[str, object], x: object, budget: Budget
) -> tuple[FunctionUnderTest, list[Array]]:
    """Return a function with parameters and an input as a function under test; and the caller's own arrays."""
    inputs = x if isinstance(x, tuple) else (x,)
    names = [f"input.{number}" if isinstance(x, tuple) else "input" for number in range(len(inputs))]
    refuse_taken_names(parameters, names)
    values, fixed, originals = {}, {}, []
    for name, value in [*parameters.items(), *zip(names, inputs, strict=True)]:
        array = read_array(value, f"parameter {quote(name)}" if name in parameters else name)
        originals += [value] if isinstance(value, np.ndarray) else []
        if array.dtype.kind == "f":
            values[name] = array
        elif name in parameters:
            raise VerificationError(f"expected real numbers as parameter {name!r}, got dtype {array.dtype}")
        else:
            fixed[name] = value
    numbers = {name for name, value in [*parameters.items(), *zip(names, inputs, strict=True)] if np.isscalar(value)}

    repeated = {name: duplicate_neighbours(np.asarray(value)) for name, value in fixed.items()}

    def at(arrays: Values, name: str, integers: Mapping[str, object]) -> object:
        if name in integers:
            return integers[name]
        return arrays[name][()] if name in numbers else arrays[name]

    def call(arrays: Values, integers: Mapping[str, object] = fixed) -> tuple[object, Pull]:
        given = tuple(at(arrays, name, integers) for name in names)
        values_by_name = {name: at(arrays, name, integers) for name in parameters}
        output, pullback = _run(function, values_by_name, given if isinstance(x, tuple) else given[0])

        def pull(upstream: Array) -> dict[str, object]:
            input_gradient, gradients = pullback(upstream)
            parts = (
                input_gradient
                if isinstance(x, tuple) and input_gradient is not None
                else (input_gradient,) * len(names)
            )
            return {**gradients, **dict(zip(names, parts, strict=False))}  # type: ignore[call-overload]

        return output, pull

    elsewhere = None
    if repeated:

        def elsewhere(arrays: Values) -> tuple[object, Pull]:
            return call(arrays, repeated)

    optional = frozenset(names) if parameters else frozenset()
    return FunctionUnderTest(values, call, budget, optional, elsewhere=elsewhere), originals
