"""GradientVisitor: meets every layer, parameter and loss of a model, and verifies its gradient there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
from attrs import evolve, frozen

from nnframe.arrays import Array
from nnframe.composition import LayerVisit, Network, Parameter, Visitor
from nnframe.composition.tree import dotted
from nnframe.errors import ConfigurationError, VerificationError
from nnframe.interfaces import AnyLayer, Context, Loss
from nnframe.verification.budget import BudgetLike, start_budget
from nnframe.verification.checks.composition import check_composition, make_model_function
from nnframe.verification.checks.straight_through import declare
from nnframe.verification.fault_injection import Injection, inject
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.function.from_layer import find_steps, make_layer_function, make_loss_function
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.function.isolation import Isolation
from nnframe.verification.function.recording import Captured, Step, capture, make_quiet, make_replay
from nnframe.verification.pipeline import FunctionCheck, Settings, check_function
from nnframe.verification.report.detail import Details
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.reporting import report_spending

__all__ = ["GradientVisitor", "Strategy", "refuse_unknown_strategy"]

Strategy = Literal["auto", "every-element", "search", "sample", "end-to-end"]


class GradientVisitor(Visitor[VerificationReport]):
    """Meets every layer, parameter and loss of a model once, and verifies its gradient there.

    ``visit_layer`` checks the preconditions of every run of a layer; ``visit_parameter`` compares the gradient of one
    parameter with its derivative in each of these; ``leave_layer`` compares that of the input, asks what needs the
    evidence on all of them, and makes the findings; ``finish`` asks for the whole model. Subclass it to leave
    something out, or to add findings of your own with ``note``.

    Args:
        x, y: Some examples; a handful is enough.
        strategy, seed, budget, details: As in ``GradientVerifier``.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> class WithoutBiases(GradientVisitor):
    ...     '''Leaves out the biases.'''
    ...     def visit_parameter(self, parameter, layer):
    ...         if not parameter.path.endswith("bias"):
    ...             super().visit_parameter(parameter, layer)
    >>> model = Model([Dense(1)], loss="mse", input_shape=(2,))
    >>> report = model.accept(WithoutBiases(np.array([[0.0, 1.0]]), np.array([[1.0]])))
    >>> [finding.path for finding in report.findings]
    ['0.weight', '0.input', 'loss']
    """

    def __init__(
        self,
        x: object,
        y: object,
        *,
        strategy: Strategy = "auto",
        seed: int = 0,
        budget: BudgetLike = None,
        details: Details = False,
    ) -> None:
        refuse_unknown_strategy(strategy)
        self._given = x, y
        self._strategy, self._seed, self._details = strategy, seed, details
        self._budget = start_budget(budget)
        self._draws = Draws(seed)
        self._findings: dict[str, Finding] = {}
        self._step: Step | None = None
        self._runs: dict[tuple[str | int, ...], list[Captured]] = {}
        self._open: dict[tuple[str | int, ...], list[_RunCheck]] = {}
        self._met: set[int] = set()
        self._started = False

    def visit_model(self, model: Network) -> None:
        """Run the model forwards and backwards once, and keep what every layer was given.

        Raises:
            VerificationError: This visitor has already been through a model.
        """
        if self._started:
            raise VerificationError("expected a new GradientVisitor for each model.accept: this one has been used")
        self._started = True
        self._model = model
        x, y = self._given
        self._target: object
        isolation = self._isolate_model()
        self._x, self._target = isolation.run(
            lambda: model.prepare(x, y) if model.loss is not None else (model.inputs.prepare(x), None)
        )
        if self._strategy == "end-to-end":
            return
        self._step = isolation.run(lambda: capture(model, self._x, self._target, self._make_context))
        for captured in self._step.runs:
            self._runs.setdefault(captured.run.path, []).append(captured)

    def visit_layer(self, visit: LayerVisit) -> bool | None:
        """Check the preconditions of the layer's runs, of more than two of the first and the last."""
        self._open[visit.path] = self._begin(self._runs.pop(visit.path, []))
        return None

    def visit_parameter(self, parameter: Parameter, layer: AnyLayer) -> None:
        """Compare the gradient of one parameter with its derivative, at every run of its layer."""
        self._met.add(id(parameter.value))
        for run in (each for runs in self._open.values() for each in runs):
            run.compare(run.find_paths({id(parameter.value)}))

    def leave_layer(self, visit: LayerVisit) -> None:
        """Compare the gradient of the input, and make the findings of the layer."""
        for run in self._open.pop(visit.path, []):
            self._conclude(run)
        self._runs.pop(visit.path, None)

    def visit_loss(self, loss: Loss[object]) -> None:
        """Verify the gradient of the loss with respect to the prediction."""
        if self._step is not None:
            function = make_loss_function(loss, np.asarray(self._step.prediction), self._target, self._budget)
            for each in self._check(function, "loss", self._step.upstream):
                self.note(evolve(each, path="loss" if each.path == "prediction" else f"loss.{each.path}"))

    def finish(self) -> VerificationReport:
        """Ask whether right parts make a right whole, and return the report."""
        inside = set(_list_paths(self._model.layer))
        for path in [path for path in self._runs if path not in inside]:  # run by a layer that does not show it
            for run in self._begin(self._runs.pop(path)):
                self._met.update(run.arrays)
                self._conclude(run)
        if self._model.loss is not None:
            self._check_whole()
        return report_spending(self._findings.values(), self._seed, self._budget)

    def note(self, finding: Finding) -> None:
        """Add a finding; of several with one path the worst counts."""
        known = self._findings.get(finding.path)
        if known is None or finding.verdict.severity > known.verdict.severity:
            self._findings[finding.path] = finding

    def inject_faults(self) -> Iterator[Injection]:
        """Put faults into every layer's pullback, and into the loss's, and see which are found."""
        step = self._step or capture(self._model, self._x, self._target, self._make_context)
        for captured in step.runs:
            run = captured.run
            if not run.layer.straight_through:
                function = make_layer_function(run.layer, make_replay(captured), run.parameters, run.x, self._budget)
                yield from inject(function, f"{dotted(run.path)}.", self._seed, captured.upstream)
        if self._model.loss is not None:
            function = make_loss_function(self._model.loss, np.asarray(step.prediction), self._target, self._budget)
            for each in inject(function, "", self._seed, step.upstream):
                yield evolve(each, path="loss")

    def _begin(self, runs: list[Captured]) -> list[_RunCheck]:
        numbered = list(enumerate(runs))
        chosen = numbered if len(runs) < MANY_RUNS else [numbered[0], numbered[-1]]
        return [self._begin_run(captured, number) for number, captured in chosen]

    def _begin_run(self, captured: Captured, number: int) -> _RunCheck:
        run, place = captured.run, f"{dotted(captured.run.path)}."
        function = make_layer_function(run.layer, make_replay(captured), run.parameters, run.x, self._budget)
        steps = None if captured.drew else find_steps(run.layer, run.parameters, run.x, make_quiet(run))
        function = evolve(function, steps=steps)
        arrays = {id(array): path for path, array in function.values.items()}
        if run.layer.straight_through:
            return _RunCheck(place, arrays, None, None, declare(function))
        isolation = Isolation.of(function.values.values())
        check = FunctionCheck(
            isolation.isolate(function), self._draws.at(place, number), self._choose_settings(place), captured.upstream
        )
        isolation.run(check.check_preconditions)
        return _RunCheck(place, arrays, isolation, check)

    def _conclude(self, run: _RunCheck) -> None:
        """Compare what is left: the input, and parameters that were met in another place of the model."""
        run.compare(run.find_left(self._met))
        for each in run.conclude():
            self.note(evolve(each, path=f"{run.place}{each.path}"))

    def _check(self, function: FunctionUnderTest, place: str, captured: object = None) -> tuple[Finding, ...]:
        isolation = Isolation.of(function.values.values())
        isolated, upstream = isolation.isolate(function), None if captured is None else np.asarray(captured)
        draws, settings = self._draws.at(place), self._choose_settings("")
        return isolation.run(lambda: check_function(isolated, draws, settings, upstream))

    def _check_whole(self) -> None:
        function = make_model_function(self._model, self._x, self._target, self._make_context, self._budget)
        if self._step is None:
            for each in self._check(function, ""):
                self.note(each)
        elif not any(each.declared or each.verdict.severity > 1 for each in self._findings.values()):
            isolation = self._isolate_model()
            isolated = isolation.isolate(function)
            paths = [path for path, value in function.values.items() if self._is_met(path, value)]
            draws = self._draws.within("composition")
            for each in isolation.run(lambda: check_composition(isolated, draws, paths)):
                self.note(each)

    def _is_met(self, path: str, value: Array) -> bool:
        return id(value) in self._met or path not in self._model.parameters

    def _isolate_model(self) -> Isolation:
        return Isolation.of(each.value for each in self._model.parameters.values())

    def _make_context(self) -> Context:
        return Context(training=True, rng=np.random.default_rng(self._seed))

    def _choose_settings(self, place: str) -> Settings:
        details = self._details
        if not isinstance(details, bool):
            details = {path.removeprefix(place): at for path, at in details.items() if path.startswith(place)}
        return Settings(self._strategy, details)


MANY_RUNS = 3
"""Of a layer that runs so often or more, the first and the last run are verified."""


@frozen(eq=False)
class _RunCheck:
    """One run of a layer on its way: what keeps the world as it was, and the check; or what is declared of it.

    Args:
        place: Where the layer stands, with a dot behind.
        arrays: The path of each of its variables, by the ``id`` of the array.
        isolation, check: None where its gradients are not compared.
        declared: The findings then.
    """

    place: str
    arrays: dict[int, str]
    isolation: Isolation | None
    check: FunctionCheck | None
    declared: tuple[Finding, ...] = ()

    def find_paths(self, arrays: set[int]) -> list[str]:
        """Return the paths of some arrays, of those that are its variables."""
        return [path for array, path in self.arrays.items() if array in arrays]

    def find_left(self, met: set[int]) -> list[str]:
        """Return the paths of its inputs, and of parameters that were met in another place."""
        return [path for array, path in self.arrays.items() if path == "input" or path[:6] == "input." or array in met]

    def compare(self, paths: list[str]) -> None:
        """Compare the gradients of some variables."""
        if self.check is not None and self.isolation is not None:
            for path in (each for each in paths if each not in self.check.measurements):
                self.isolation.run(lambda check=self.check, path=path: check.compare(path))  # type: ignore[misc]

    def conclude(self) -> tuple[Finding, ...]:
        """Return the findings."""
        if self.check is None or self.isolation is None:
            return self.declared
        return self.isolation.run(self.check.conclude)


def _list_paths(layer: AnyLayer, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    for step, child in layer.children:
        yield from _list_paths(child, (*path, step))


def refuse_unknown_strategy(strategy: str) -> None:
    if strategy not in get_args(Strategy):
        raise ConfigurationError(f"expected one of {', '.join(get_args(Strategy))} as strategy, got {strategy!r}")
