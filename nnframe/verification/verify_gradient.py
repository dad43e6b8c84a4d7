"""verify_gradient: verify the hand-written gradient of a scalar function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import evolve

from nnframe.arrays import Array, Shape
from nnframe.errors import VerificationError
from nnframe.interruption import guard_from_signals
from nnframe.text import quote
from nnframe.verification.budget import BudgetLike, BudgetSpent, start_budget
from nnframe.verification.diagnosis.stale import explain_stale
from nnframe.verification.finite_difference import compute_numeric_gradient
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.function.function import FunctionUnderTest, Pull, Values, read_array
from nnframe.verification.function.isolation import Isolation
from nnframe.verification.pipeline import FunctionCheck, Settings
from nnframe.verification.report.detail import Details
from nnframe.verification.report.finding import Finding, Worst
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.reporting import report_spending

__all__ = ["verify_gradient"]

NAME = "input"


@guard_from_signals
def verify_gradient(
    f: Callable[[Any], object],
    gradient: object,
    at: object,
    *,
    formula: str | None = None,
    step: float | None = None,
    seed: int = 0,
    budget: BudgetLike = None,
    details: Details = False,
) -> VerificationReport:
    """Verify the gradient of a scalar function.

    Args:
        f: From a point to a number.
        gradient: The gradient: a function of the point, or its value at the point.
        at: The point: a number, an array, or a mapping of names to arrays.
        formula: None to let the verifier choose steps and error bars; ``"central"``, ``"forward"``, ``"backward"``,
            ``"complex"`` or ``"richardson"`` to see that formula's numbers: ``relative_difference`` and the numeric
            values of the findings are then the formula's. The verdict is the verifier's own either way: a step can be
            bad without the gradient being wrong.
        step: The formula's step; None for a usual one.
        seed: Chooses directions; recorded in the report.
        budget: At most so many forwards (int), seconds (float), or both (``Budget``).
        details: Keep what pictures of each gradient show (some fifty more forwards for each); True for the worst
            element of each, or the element to show by path, ``{"weight": (2, 3)}``.

    Returns:
        One finding for each array, and ``relative_difference = ‖a − n‖ / (‖a‖ + ‖n‖)`` over all of them.

    Raises:
        ConfigurationError: There is no such formula, or the step is not positive.
        VerificationError: ``f`` does not return one number, or the point is not made of real numbers.

    >>> report = verify_gradient(lambda theta: theta * 2.0, 2.0, at=4.0, formula="central", step=1e-7)
    >>> report.passed, report.relative_difference
    (True, 2.919335883291695e-10)
    """
    spending = start_budget(budget)
    point = _Point(at)
    function = FunctionUnderTest(point.values, point.call(f, gradient), spending, fixed=not callable(gradient))
    isolation = Isolation.of(point.originals)
    isolated = isolation.isolate(function)
    return isolation.run(lambda: _verify(isolated, point, f, formula, step, Draws(seed), Settings(details=details)))


def _verify(
    function: FunctionUnderTest,
    point: _Point,
    f: Callable[[Any], object],
    formula: str | None,
    step: float | None,
    draws: Draws,
    settings: Settings,
) -> VerificationReport:
    _refuse_several_numbers(function)
    numeric: dict[str, Array] | None = None
    if formula is not None or step is not None:
        plain = {path: np.array(value) for path, value in function.values.items()}
        numeric = compute_numeric_gradient(lambda values: f(point.restore(values)), plain, formula or "central", step)
    check = FunctionCheck(function, draws, settings)
    check.check_preconditions()
    for path in function.values:
        check.compare(path)
    analytic = {} if check.here is None else dict(check.here.gradients[0])
    findings = check.conclude()
    if function.fixed:
        findings = _name_stale(findings, function)
    if numeric is None:
        tallies = [each.tally for each in check.measurements.values() if each.tally.measured]
        norms = [(each.difference, each.analytic, each.numeric) for each in tallies]
    else:
        measured = {
            path: (analytic[path].reshape(-1).astype(np.float64), numeric[path].reshape(-1)) for path in analytic
        }
        findings = tuple(
            _put_numbers(each, *measured[each.path], numeric[each.path].shape) if each.path in measured else each
            for each in findings
        )
        norms = [_compute_norms(*each) for each in measured.values()]
    return report_spending(findings, draws.seed, function.budget, _combine(norms))


def _refuse_several_numbers(function: FunctionUnderTest) -> None:
    """Refuse a function of more than one number; nothing is said where the budget does not allow to ask."""
    try:
        output = function.run(function.copy_values())[0]
    except BudgetSpent:
        return
    if output.size != 1:
        raise VerificationError(f"expected a function that returns one number, got an output of shape {output.shape}")


def _compute_norms(a: Array, n: Array) -> tuple[float, float, float]:
    return tuple(float(np.linalg.norm(each)) for each in (a - n, a, n))  # type: ignore[return-value]


def _combine(norms: Sequence[tuple[float, float, float]]) -> float | None:
    """``‖a − n‖ / (‖a‖ + ‖n‖)`` over all arrays."""
    if not norms:
        return None
    difference, analytic, numeric = (float(np.linalg.norm(column)) for column in zip(*norms, strict=True))
    total = analytic + numeric
    return difference / total if total > 0 else 0.0


class _Point:
    """A point as users give it, and the way back from arrays by path to the same form."""

    def __init__(self, at: object) -> None:
        self._mapping = isinstance(at, Mapping)
        given: Mapping[str, object] = at if isinstance(at, Mapping) else {NAME: at}
        self.originals = [value for value in given.values() if isinstance(value, np.ndarray)]
        self._numbers = {path for path, value in given.items() if np.isscalar(value)}
        self.values: dict[str, Array] = {path: self._real(path, value) for path, value in given.items()}

    @staticmethod
    def _real(path: str, value: object) -> Array:
        array = read_array(value, f"the point at {quote(path)}")
        if array.dtype.kind in "iu":
            array = array.astype(np.float64)
        if array.dtype.kind != "f":
            raise VerificationError(f"expected real numbers at {path!r}, got dtype {array.dtype}")
        return array

    def restore(self, values: Values) -> Any:
        """Return the point in the form in which it was given."""
        restored = {path: value[()] if path in self._numbers else value for path, value in values.items()}
        return restored if self._mapping else restored[NAME]

    def call(self, f: Callable[[Any], object], gradient: object) -> Callable[[Values], tuple[object, Pull]]:
        """Return the function with the pullback that its gradient makes: upstream times gradient."""

        def evaluate(values: Values) -> tuple[object, Pull]:
            point = self.restore(values)

            def pull(upstream: Array) -> dict[str, object]:
                found = gradient(point) if callable(gradient) else gradient
                parts = found if self._mapping and isinstance(found, Mapping) else {NAME: found}
                return {path: None if each is None else _times(path, each, upstream) for path, each in parts.items()}

            return f(point), pull

        return evaluate


def _name_stale(findings: tuple[Finding, ...], function: FunctionUnderTest) -> tuple[Finding, ...]:
    """The findings, with the mistake named where the gradient belongs to another point."""
    values = {path: value.astype(np.float64) for path, value in function.values.items()}
    try:
        found = function.run(values)[1](np.ones(()))
        known = {path: each for path, each in found.items() if each is not None and path in values}
        gradients = {path: np.asarray(each, dtype=np.float64) for path, each in known.items()}
        if any(path not in gradients or gradients[path].shape != value.shape for path, value in values.items()):
            return findings
        return explain_stale(findings, lambda at: float(function.compute_output(at).reshape(())), values, gradients)
    except BudgetSpent:
        return findings


def _times(path: str, gradient: object, upstream: Array) -> object:
    array = read_array(gradient, f"the gradient of {quote(path)}")
    if array.dtype.kind not in "fiu":
        return gradient
    factor = upstream.reshape(())
    return array.astype(np.float64) * factor if array.dtype.kind != "f" else (array * array.dtype.type(factor))


def _put_numbers(finding: Finding, analytic: Array, measured: Array, shape: Shape) -> Finding:
    """The same finding with the numbers of a formula."""
    if not measured.size or finding.worst is None:
        return finding
    error = np.abs(analytic - measured) / np.maximum(np.maximum(np.abs(analytic), np.abs(measured)), 1e-300)
    index = int(np.nan_to_num(error).argmax())
    where = tuple(int(i) for i in np.unravel_index(index, shape)) if shape else ()
    worst = Worst(
        where, float(analytic[index]), float(measured[index]), finding.worst.error_bar, finding.worst.one_sided
    )
    return evolve(finding, worst=worst, relative_difference=_combine([_compute_norms(analytic, measured)]))
