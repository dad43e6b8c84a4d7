"""The way of one function through the verifier: preconditions, each variable, the other checks, diagnosis, finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np
from attrs import define, evolve, field, frozen

from nnframe.arrays import Array
from nnframe.verification.budget import BudgetSpent
from nnframe.verification.checks.generic_point import GenericPoint
from nnframe.verification.checks.mixed_precision import (
    Linearization,
    charge_narrow_gradient,
    charge_rounded_gradient,
    find_unit,
    widen,
)
from nnframe.verification.comparison.evidence import Accusal, Charge, Charges, Excuse, Measurement
from nnframe.verification.comparison.recurrent import UnrolledSteps, unroll
from nnframe.verification.comparison.strategy import compare_variable
from nnframe.verification.comparison.subgradient import ClarkeSubgradients, find_accusals, find_excuses
from nnframe.verification.comparison.variable import Variable
from nnframe.verification.diagnosis.detail import make_detail
from nnframe.verification.diagnosis.diagnose import explain
from nnframe.verification.diagnosis.finding import Decision, PathEvidence, decide, merge
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.preconditions.preconditions import Preconditions, check_preconditions
from nnframe.verification.report.detail import Details
from nnframe.verification.report.finding import Finding

__all__ = ["FunctionCheck", "Settings", "check_function"]

T = TypeVar("T")
E = TypeVar("E", Charge, Excuse, Accusal)

MOST_SEVERE_RIGHT = 2
"""The severity from which on a verdict is not asked to hold at other points."""


@frozen
class Settings:
    """What a user chose: the strategy (as in ``GradientVerifier``), and which pictures are asked for."""

    strategy: str = "auto"
    details: Details = False


def check_function(
    function: FunctionUnderTest, draws: Draws, settings: Settings, captured: Array | None = None
) -> tuple[Finding, ...]:
    """Verify one function and its pullback.

    Args:
        function: The function at its point.
        draws: Make upstream gradients, directions and points.
        settings: What the user chose.
        captured: The upstream gradient that was captured in a model; None where there is none.
    """
    check = FunctionCheck(function, draws, settings, captured)
    check.check_preconditions()
    for path in function.values:
        check.compare(path)
    return check.conclude()


@define(eq=False)
class FunctionCheck:
    """One function on its way; the evidence on it only grows, and the finding of each path is made of all of it.

    Args:
        function, draws, settings, captured: As in ``check_function``.
    """

    function: FunctionUnderTest
    draws: Draws
    settings: Settings
    captured: Array | None = None
    charges: Charges = field(factory=Charges, init=False)
    measurements: dict[str, Measurement] = field(factory=dict, init=False)
    here: Linearization | None = field(default=None, init=False)
    """The function where it is compared: at its point, in float64 where it allows that; None before, and after."""
    _before: Preconditions | None = field(default=None, init=False)
    _narrow: Linearization | None = field(default=None, init=False)
    _evaluator: Evaluator | None = field(default=None, init=False)
    _unrolled: list[UnrolledSteps | None] = field(factory=list, init=False)
    _spent: bool = field(default=False, init=False)

    def check_preconditions(self) -> None:
        """Check purity, shapes and linearity, and find the point and precision to compare at."""
        self._before = self._ask(lambda: check_preconditions(self.function, self.draws, self.captured, self.charges))
        if self._before is None or self._before.stops or not self._before.gradients:
            return
        self._evaluator = self._ask(self._prepare)

    def _prepare(self) -> Evaluator:
        before = self._before
        assert before is not None
        narrow = Linearization(before.function, before.output, before.upstreams, before.gradients)
        wide = widen(narrow, once=before.once)
        self._narrow, self.here = (None, narrow) if wide is None else (narrow, wide)
        workspace = before.workspace if wide is None else None
        unit = find_unit(self.here.function, self.here.output)
        return Evaluator(self.here.function, self.here.output, self.here.upstreams, unit, workspace)

    def compare(self, path: str) -> None:
        """Compare the gradient of one variable with its derivative; nothing where it cannot be compared."""
        variable = self._find_variable(path)
        if variable is None or path in self.measurements:
            return
        if not self._unrolled:
            self._unrolled.append(unroll(variable))
        steps = self._unrolled[0]
        proved = None if steps is None else self._ask(lambda: steps.compare(variable))
        self.measurements[path] = proved or compare_variable(variable)

    def conclude(self) -> tuple[Finding, ...]:
        """Ask what needs the evidence on all variables, name the mistakes, and make the findings."""
        excuses, accusals = self._check_kinks()
        decisions = {
            path: decide(each, _select(path, excuses), _select(path, accusals))
            for path, each in self.measurements.items()
        }
        evidence = {path: self._gather(path, decisions.get(path)) for path in self._list_paths()}
        right = [path for path in decisions if merge(evidence[path]).verdict.severity < MOST_SEVERE_RIGHT]
        elsewhere = self._ask(lambda: self._check_generic_point(right)) or []
        return tuple(
            merge(evolve(each, others=(*each.others, *_select(path, elsewhere)), spent=self._spent))
            for path, each in evidence.items()
        )

    def _check_kinks(self) -> tuple[list[Excuse], list[Accusal]]:
        """Who is excused at a kink, and who is accused there together with others."""
        if self._evaluator is None or self.here is None or not self.measurements:
            return [], []
        unit = max(self._find_unit(path) for path in self.measurements)
        limits = ClarkeSubgradients(self._evaluator, self._gradients, unit, self.draws.within("kinks"))
        excuses = find_excuses(limits, self.measurements)
        return excuses, self._ask(lambda: find_accusals(limits, self.measurements, excuses)) or []

    def _gather(self, path: str, decision: Decision | None) -> PathEvidence:
        """Everything that is known about one path, but for other points."""
        charged = _select(path, self.charges)
        shape = self.function.values[path].shape if path in self.function.values else None
        variable = self._find_variable(path)
        if decision is None or variable is None:
            return PathEvidence(path, shape, charged, spent=self._spent)
        mistake, others = None, []
        if decision.failed and not charged:
            mistake = self._ask(lambda: explain(variable, decision))
        if not decision.failed:
            charge = self._ask(lambda: self._check_precision(path))
            others = [] if charge is None else [charge]
        detail = make_detail(variable, decision, self.settings.details)
        return PathEvidence(path, shape, charged, decision, mistake, others, detail)

    def _check_precision(self, path: str) -> Charge | None:
        assert self.here is not None
        assert self._evaluator is not None
        if self._narrow is not None:
            return charge_narrow_gradient(path, self._narrow, self.here)
        return charge_rounded_gradient(path, self.here, self._evaluator.unit)

    def _check_generic_point(self, paths: Sequence[str]) -> list[Charge]:
        """What is wrong at other points only; the gradients at this one are not needed any more, and not kept."""
        here, self.here, self._evaluator, self._narrow, self._unrolled = self.here, None, None, None, []
        if here is None or self.charges or self.function.fixed:
            return []
        partitions = {path: each.partition for path, each in self.measurements.items()}
        function, output, upstream = here.function, here.output, here.upstreams[-1]
        del here
        self._before = None
        return GenericPoint(function, output, upstream, partitions, self.draws.within("generic")).check(paths)

    def _list_paths(self) -> list[str]:
        """The paths that get a finding: charged ones first; what the budget did not allow is among them."""
        skipped = self.function.values if self._spent and self._evaluator is None else ()
        return list(dict.fromkeys([*(each.path for each in self.charges), *self.measurements, *skipped]))

    def _find_variable(self, path: str) -> Variable | None:
        """One variable with its gradients; None where it cannot be compared."""
        if self._evaluator is None or path not in self._gradients[0]:
            return None
        pictured = self.settings.details is not False
        unit, strategy = self._find_unit(path), self.settings.strategy
        return Variable(self._evaluator, path, self._gradients, unit, self.draws, strategy, pictured)

    @property
    def _gradients(self) -> list[dict[str, Array]]:
        """The gradients in double precision."""
        assert self.here is not None
        return [
            {path: each.astype(np.float64, copy=False) for path, each in several.items()}
            for several in self.here.gradients
        ]

    def _find_unit(self, path: str) -> float:
        """The unit round-off of a pullback: that of the variable, or of the gradient where that is coarser."""
        assert self.here is not None
        value = self.here.function.values[path]
        types = [value.dtype, *(each[path].dtype for each in self.here.gradients)]
        return max(float(np.finfo(each).eps) / 2 for each in types if each.kind == "f")

    def _ask(self, question: Callable[[], T]) -> T | None:
        """The answer to a question; None where the budget does not allow to ask it."""
        try:
            return question()
        except BudgetSpent:
            self._spent = True
            return None


def _select(path: str, evidence: Iterable[E]) -> list[E]:
    """The evidence on one path."""
    return [each for each in evidence if each.path == path]
