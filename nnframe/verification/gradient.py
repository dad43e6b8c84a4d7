"""verify_gradient: verify the hand-written gradient of a scalar function."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from attrs import evolve

from nnframe.arrays import Array
from nnframe.errors import VerificationError
from nnframe.interruption import guard_from_signals
from nnframe.text import quote
from nnframe.verification.core import Outcome, verify_subject
from nnframe.verification.findings.stale import if_stale
from nnframe.verification.formulas import numeric_gradient
from nnframe.verification.report.detail import Details
from nnframe.verification.report.finding import Finding, Worst
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.subject.budget import BudgetLike, budget_of
from nnframe.verification.subject.state import run_guarded
from nnframe.verification.subject.subject import Pull, Subject, Values, read_array

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
    started = time.perf_counter()
    point = _Point(at)
    subject = Subject(point.values, point.call(f, gradient), fixed=not callable(gradient), budget=budget_of(budget))
    subject.details = details

    def verify() -> tuple[Outcome, dict[str, Array] | None]:
        output = subject.output(subject.copies())
        if output.size != 1:
            raise VerificationError(
                f"expected a function that returns one number, got an output of shape {output.shape}"
            )
        numeric = None
        if formula is not None or step is not None:
            plain = {path: np.array(value) for path, value in point.values.items()}
            numeric = numeric_gradient(lambda values: f(point.back(values)), plain, formula or "central", step)
        outcome = verify_subject(subject, np.random.default_rng(seed))
        if subject.fixed:
            outcome = _if_stale(outcome, subject, point)
        return outcome, numeric

    outcome, numeric = run_guarded(verify, point.originals)
    report = VerificationReport(
        outcome.findings,
        relative_difference=_relative(outcome, None),
        seed=seed,
        forwards=subject.forwards,
        pullbacks=subject.pullbacks,
        seconds=time.perf_counter() - started,
    )
    return report if numeric is None else _as_formula(report, outcome, numeric)


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

    def back(self, values: Values) -> Any:
        """The point in the form in which it was given."""
        restored = {path: value[()] if path in self._numbers else value for path, value in values.items()}
        return restored if self._mapping else restored[NAME]

    def call(self, f: Callable[[Any], object], gradient: object) -> Callable[[Values], tuple[object, Pull]]:
        """The function with the pullback that its gradient makes: upstream times gradient."""

        def evaluate(values: Values) -> tuple[object, Pull]:
            point = self.back(values)

            def pull(upstream: Array) -> dict[str, object]:
                found = gradient(point) if callable(gradient) else gradient
                parts = found if self._mapping and isinstance(found, Mapping) else {NAME: found}
                return {path: None if each is None else _times(path, each, upstream) for path, each in parts.items()}

            return f(point), pull

        return evaluate


def _if_stale(outcome: Outcome, subject: Subject, point: _Point) -> Outcome:
    """The outcome, with the mistake named where the gradient belongs to another point."""
    values = {path: value.astype(np.float64) for path, value in point.values.items()}
    found = subject.run(values)[1](np.ones(()))
    gradients = {path: np.asarray(found.get(path), dtype=np.float64) for path in values if found.get(path) is not None}
    if any(path not in gradients or gradients[path].shape != value.shape for path, value in values.items()):
        return outcome

    def loss(at: Values) -> float:
        return float(subject.output(at).reshape(()))

    return Outcome(if_stale(outcome.findings, loss, values, gradients), outcome.evidence)


def _times(path: str, gradient: object, upstream: Array) -> object:
    array = read_array(gradient, f"the gradient of {quote(path)}")
    if array.dtype.kind not in "fiu":
        return gradient
    factor = upstream.reshape(())
    return array.astype(np.float64) * factor if array.dtype.kind != "f" else (array * array.dtype.type(factor))


def _relative(outcome: Outcome, numeric: Mapping[str, Array] | None) -> float | None:
    """``‖a − n‖ / (‖a‖ + ‖n‖)`` over all arrays; the engine's numbers, or a formula's."""
    analytic, measured = [], []
    for path, evidence in outcome.evidence.items():
        order = evidence.index
        known = evidence.numeric[0] if numeric is None else numeric[path].reshape(-1)[order]
        usable = np.isfinite(known)
        analytic.append(evidence.analytic[0][usable])
        measured.append(known[usable])
    if not analytic:
        return None
    a, n = np.concatenate(analytic), np.concatenate(measured)
    total = float(np.linalg.norm(a) + np.linalg.norm(n))
    return float(np.linalg.norm(a - n)) / total if total > 0 else 0.0


def _as_formula(report: VerificationReport, outcome: Outcome, numeric: Mapping[str, Array]) -> VerificationReport:
    """The same report with the numbers of a formula."""
    findings = tuple(
        _with_numbers(each, outcome, numeric[each.path]) if each.path in outcome.evidence else each
        for each in report.findings
    )
    return evolve(report, findings=findings, relative_difference=_relative(outcome, numeric))


def _with_numbers(finding: Finding, outcome: Outcome, numeric: Array) -> Finding:
    evidence = outcome.evidence[finding.path]
    analytic = evidence.analytic[0][np.argsort(evidence.index)]
    measured = numeric.reshape(-1)
    if not measured.size or finding.worst is None:
        return finding
    error = np.abs(analytic - measured) / np.maximum(np.maximum(np.abs(analytic), np.abs(measured)), 1e-300)
    index = int(np.nan_to_num(error).argmax())
    where = tuple(int(i) for i in np.unravel_index(index, numeric.shape)) if numeric.ndim else ()
    worst = Worst(
        where, float(analytic[index]), float(measured[index]), finding.worst.error_bar, finding.worst.one_sided
    )
    total = float(np.linalg.norm(analytic) + np.linalg.norm(measured))
    relative = float(np.linalg.norm(analytic - measured)) / total if total > 0 else 0.0
    return evolve(finding, worst=worst, relative_difference=relative)
