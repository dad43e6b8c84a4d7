"""GradientVerifier: verifies every gradient of a model, layer by layer, then through the whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Literal, TypeVar, get_args

import numpy as np
from attrs import evolve, field, frozen

from nnframe.composition import LayerVisit, Network, Visitor
from nnframe.composition.tree import dotted
from nnframe.errors import ConfigurationError
from nnframe.interfaces import Context, Loss
from nnframe.interruption import guard_from_signals
from nnframe.verification.core import verify_subject
from nnframe.verification.declared import declared
from nnframe.verification.power import Injection, PowerReport, inject
from nnframe.verification.report.detail import Details
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.subject.budget import BudgetLike, budget_of
from nnframe.verification.subject.capture import Captured, Step, capture, quietly, replayer
from nnframe.verification.subject.parts import layer_subject, loss_subject, steps_of
from nnframe.verification.subject.state import run_guarded
from nnframe.verification.subject.subject import Subject
from nnframe.verification.whole import verify_wiring, whole_subject

__all__ = ["GradientVerifier", "Strategy"]

T = TypeVar("T")
Strategy = Literal["auto", "every-element", "search", "sample", "end-to-end"]


@frozen
class GradientVerifier:
    """Verifies every gradient of a model: is it right, where is it wrong, what is the mistake.

    One forward and one backward show what every layer gets and gives; each layer's pullback is then compared with
    derivatives of that layer alone, for its parameters and its input. Right layers and right wiring make a right whole.

    Args:
        strategy: ``"auto"`` chooses by cost; ``"every-element"`` gives each element a derivative of its own;
            ``"search"`` tests random directions and bisects; ``"sample"`` looks at some elements of large arrays;
            ``"end-to-end"`` is the classic: every parameter through the whole model.
        seed: For upstream gradients, directions and random layers.
        budget: At most so many forwards of layers (int), seconds (float), or both (``Budget``).
        details: Keep what pictures of each gradient show (some fifty more forwards for each); True for the worst
            element of each, or the element to show by path, ``{"weight": (2, 3)}``.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(3), "tanh", Dense(1)], loss="mse", input_shape=(2,))
    >>> GradientVerifier().verify(model, np.array([[0.0, 1.0], [1.0, -1.0]]), np.array([[1.0], [0.0]])).passed
    True
    """

    strategy: Strategy = field(default="auto")
    seed: int = 0
    budget: BudgetLike = None
    details: Details = False

    @strategy.validator
    def _check_strategy(self, attribute: object, value: str) -> None:
        if value not in get_args(Strategy):
            raise ConfigurationError(f"expected one of {', '.join(get_args(Strategy))} as strategy, got {value!r}")

    @guard_from_signals
    def verify(self, model: Network, x: object, y: object) -> VerificationReport:
        """Verify a model on some examples; a handful is enough.

        The model runs as in a training step, with the same random numbers every time. It is left as it was. Meanwhile
        elements move in parameters of more than a million elements: no other thread may use them.
        """
        return model.accept(self.visit(x, y))

    def visit(self, x: object, y: object) -> Visitor[VerificationReport]:
        """The visitor that verifies a model on some examples, once: ``model.accept(verifier.visit(x, y))``.

        >>> from nnframe import Model
        >>> from nnframe.layers import Dense
        >>> model = Model([Dense(1)], loss="mse", input_shape=(2,))
        >>> model.accept(GradientVerifier().visit(np.array([[0.0, 1.0]]), np.array([[1.0]]))).passed
        True
        """
        return _Visit(self, x, y)

    @guard_from_signals
    def power(self, model: Network, x: object, y: object) -> PowerReport:
        """Put faults into the model's own pullbacks, one at a time, and report which of them would have been seen.

        >>> from nnframe import Model
        >>> from nnframe.layers import Dense
        >>> model = Model([Dense(1)], loss="mse", input_shape=(2,))
        >>> x, y = np.random.default_rng(0).normal(size=(3, 2)), np.ones((3, 1))
        >>> {each.fault for each in GradientVerifier().power(model, x, y).missed}
        {'rolled'}

        (The bias has one element: rolling changes nothing.)
        """
        visit = _Visit(self, x, y)
        visit.visit_model(model)
        return PowerReport(visit.injections())


class _Visit(Visitor[VerificationReport]):
    """One verification: what the visitor carries through the model."""

    def __init__(self, verifier: GradientVerifier, x: object, y: object) -> None:
        self._verifier = verifier
        self._given = x, y
        self._started = time.perf_counter()
        self._budget = budget_of(verifier.budget)
        self._rng = np.random.default_rng(verifier.seed)
        self._findings: list[Finding] = []
        self._forwards = 0
        self._pullbacks = 0
        self._step: Step | None = None
        self._by_path: dict[tuple[str | int, ...], list[Captured]] = {}

    def visit_model(self, model: Network) -> None:
        self._model = model
        x, y = self._given
        self._target: object
        self._x, self._target = model.prepare(x, y) if model.loss is not None else (model.inputs.prepare(x), None)
        if self._verifier.strategy == "end-to-end":
            return
        step = self._run_guarded(lambda: capture(model, self._x, self._target, self._context))
        self._step = step
        for captured in step.runs:
            self._by_path.setdefault(captured.run.path, []).append(captured)

    def visit_layer(self, visit: LayerVisit) -> None:
        for captured in _first_and_last(self._by_path.pop(visit.path, [])):
            self._verify_layer(captured)

    def visit_loss(self, loss: Loss[object]) -> None:
        if self._step is None:
            return
        subject = loss_subject(loss, np.asarray(self._step.prediction), self._target)
        for each in self._verify(subject, self._step.upstream):
            self._note(evolve(each, path="loss" if each.path == "prediction" else f"loss.{each.path}"))

    def finish(self) -> VerificationReport:
        for several in self._by_path.values():
            for captured in _first_and_last(several):
                self._verify_layer(captured)
        if self._model.loss is not None:
            subject = whole_subject(self._model, self._x, self._target, self._context)
            if self._step is None:
                for each in self._verify(subject, None):
                    self._note(each)
            elif not any(each.declared or each.verdict.severity > 1 for each in self._findings):
                subject.budget = self._budget
                for each in self._run_guarded(lambda: list(verify_wiring(subject, self._rng))):
                    self._note(each)
                self._count(subject)
        return VerificationReport(
            self._findings,
            seed=self._verifier.seed,
            forwards=self._forwards,
            pullbacks=self._pullbacks,
            seconds=time.perf_counter() - self._started,
        )

    def injections(self) -> Iterator[Injection]:
        """Faults in every layer's pullback, and in the loss's."""
        step = self._step or capture(self._model, self._x, self._target, self._context)
        for captured in step.runs:
            run = captured.run
            if not run.layer.straight_through:
                subject = layer_subject(run.layer, replayer(captured), run.parameters, run.x)
                yield from inject(subject, f"{dotted(run.path)}.", self._verifier.seed, captured.upstream)
        if self._model.loss is not None:
            subject = loss_subject(self._model.loss, np.asarray(step.prediction), self._target)
            for each in inject(subject, "", self._verifier.seed, step.upstream):
                yield evolve(each, path="loss")

    def _verify_layer(self, captured: Captured) -> None:
        run = captured.run
        subject = layer_subject(run.layer, replayer(captured), run.parameters, run.x)
        subject.steps = None if captured.drew else steps_of(run.layer, run.parameters, run.x, quietly(run))
        on_purpose = run.layer.straight_through
        findings = declared(subject) if on_purpose else self._verify(subject, captured.upstream, f"{dotted(run.path)}.")
        for each in findings:
            self._note(evolve(each, path=f"{dotted(run.path)}.{each.path}"))

    def _verify(self, subject: Subject, upstream: object, place: str = "") -> tuple[Finding, ...]:
        subject.budget = evolve(self._budget, forwards=self._budget.forwards - self._forwards)
        subject.details = _within(self._verifier.details, place)
        given = None if upstream is None else np.asarray(upstream)
        outcome = self._run_guarded(
            lambda: verify_subject(subject, self._rng, strategy=self._verifier.strategy, upstream=given), subject
        )
        self._count(subject)
        return outcome.findings

    def _count(self, subject: Subject) -> None:
        self._forwards += subject.forwards
        self._pullbacks += subject.pullbacks

    def _note(self, finding: Finding) -> None:
        """One finding for each path: the worse one, where a layer ran more than once."""
        for number, each in enumerate(self._findings):
            if each.path == finding.path:
                if finding.verdict.severity > each.verdict.severity:
                    self._findings[number] = finding
                return
        self._findings.append(finding)

    def _context(self) -> Context:
        return Context(training=True, rng=np.random.default_rng(self._verifier.seed))

    def _run_guarded(self, action: Callable[[], T], subject: Subject | None = None) -> T:
        parameters = self._model.parameters.values()
        arrays = [each.value for each in parameters] if subject is None else subject.values.values()
        return run_guarded(action, arrays, subject)


def _within(details: Details, place: str) -> Details:
    """The details that are asked for in one place of a model."""
    if isinstance(details, bool):
        return details
    return {path.removeprefix(place): index for path, index in details.items() if path.startswith(place)}


def _first_and_last(runs: list[Captured]) -> list[Captured]:
    return runs if len(runs) < 3 else [runs[0], runs[-1]]
