"""verify_layer and verify_loss: one part by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np
from attrs import define, evolve, field

from nnframe.arrays import Array
from nnframe.arrays.conversion import as_numbers
from nnframe.composition.tree import convert, dotted, leaves
from nnframe.errors import ConfigurationError
from nnframe.interfaces import AnyLayer, AnyResult, Builder, Context, LayerRun, Loss
from nnframe.interruption import guard_from_signals
from nnframe.text import quote
from nnframe.verification.core import Outcome, verify_subject
from nnframe.verification.declared import declared
from nnframe.verification.report.detail import Details
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.subject.budget import BudgetLike, budget_of
from nnframe.verification.subject.parts import input_names, layer_subject, loss_subject, steps_of
from nnframe.verification.subject.state import run_guarded
from nnframe.verification.subject.subject import Subject, read_array

__all__ = ["verify_layer", "verify_loss"]


@guard_from_signals
def verify_layer(
    layer: AnyLayer,
    x: object,
    *,
    parameters: object = None,
    seed: int = 0,
    budget: BudgetLike = None,
    details: Details = False,
) -> VerificationReport:
    """Verify every gradient of one layer, at one input.

    The layer runs as in a training step, with the same random numbers every time; statistics that it records are
    thrown away.

    Args:
        layer: The layer, or a structure of layers.
        x: Its input: numbers as ``Model.verify`` takes them, or a tuple of several; in the dtype to verify in.
        parameters: Its parameters; None to let it initialise them for this input.
        seed: For initial values, random layers, upstream gradients and directions.
        budget: At most so many forwards (int), seconds (float), or both (``Budget``).
        details: Keep what pictures of each gradient show (some fifty more forwards for each); True for the worst
            element of each, or the element to show by path, ``{"weight": (2, 3)}``.

    Returns:
        A finding for each parameter (``"weight"``) and for the input (``"input"``, ``"input.0"``).

    Raises:
        VerificationError: The input is ragged, or has masked elements.
        ConfigurationError: ``layer`` is no layer.
        ContractError: The parameters are not those of such a layer, or a pullback returns no pair.
        DtypeError, DataError: A parameter does not hold real numbers, or has masked elements.

    >>> from nnframe.layers import Dense
    >>> report = verify_layer(Dense(2), np.random.default_rng(0).normal(size=(4, 3)))
    >>> [finding.path for finding in report.findings], report.passed
    (['weight', 'bias', 'input'], True)
    """
    started = time.perf_counter()
    if not isinstance(layer, AnyLayer):
        raise ConfigurationError(f"verify_layer expects a layer, got {quote(layer)}: give an object such as Dense(2)")
    members = tuple(map(read_array, x if isinstance(x, tuple) else (x,), input_names(x)))
    x = members if isinstance(x, tuple) else members[0]
    if parameters is None:
        made = layer.build(x, Builder(np.random.default_rng(seed)))[0]
        dtype = next((each.dtype for each in members if each.dtype.kind == "f"), np.dtype(np.float64))
        parameters = convert(made, lambda array: array.astype(dtype) if array.dtype.kind == "f" else array)
    else:
        for leaf in leaves(layer, parameters):
            as_numbers(leaf.array, dotted(leaf.path))

    def context() -> Context:
        return Context(training=True, rng=np.random.default_rng(seed))

    subject = layer_subject(layer, _Runner(layer, context), parameters, x)
    subject.steps = steps_of(layer, parameters, x, context())
    subject.budget, subject.details = budget_of(budget), details
    if layer.straight_through:
        return _report(Outcome(declared(subject), {}), subject, seed, started)
    rng = np.random.default_rng(seed)
    outcome = run_guarded(lambda: verify_subject(subject, rng), subject.values.values(), subject)
    return _report(outcome, subject, seed, started)


@define
class _FirstPullback:
    """Waits for the first pullback: an observed layer checks that its pullback returns a pair."""

    seen: bool = False

    def after_forward(self, run: LayerRun) -> None:
        """Nothing is asked of a forward."""

    def after_pullback(self, run: LayerRun, upstream: object, input_gradient: object, gradient: object) -> None:
        """Note that there was one."""
        self.seen = True


@define(eq=False)
class _Runner:
    """Runs a layer with the same random numbers every time; what it did not draw from is used again."""

    layer: AnyLayer
    context: Callable[[], Context]
    _fresh: Context | None = None
    _state: Mapping[str, object] | None = None
    _observer: _FirstPullback = field(factory=_FirstPullback)

    def __call__(self, tree: object, x: object) -> AnyResult:
        if self._fresh is None:
            self._fresh = self.context()
            self._state = self._fresh.rng.bit_generator.state
        context = self._fresh
        context.recorded.clear()
        context.observer = None if self._observer.seen else self._observer
        result = self.layer.run(tree, x, context)
        if context.rng.bit_generator.state != self._state:
            self._fresh = None
        return result


@guard_from_signals
def verify_loss(
    loss: Loss[object],
    prediction: Array,
    target: object,
    *,
    seed: int = 0,
    budget: BudgetLike = None,
    details: Details = False,
) -> VerificationReport:
    """Verify the gradient of a loss with respect to its prediction, one loss for each example.

    Args:
        loss: The loss.
        prediction: (batch, ..., features).
        target: What the loss takes as target.
        seed: For upstream gradients and directions.
        budget: At most so many forwards (int), seconds (float), or both (``Budget``).
        details: Keep what pictures of each gradient show (some fifty more forwards for each); True for the worst
            element of each, or the element to show by path, ``{"weight": (2, 3)}``.

    Returns:
        One finding, ``"loss"``.
    """
    started = time.perf_counter()
    subject = loss_subject(loss, prediction, target)
    subject.budget, subject.details = budget_of(budget), details
    outcome = run_guarded(lambda: verify_subject(subject, np.random.default_rng(seed)), [prediction])
    findings = [evolve(each, path="loss") if each.path == "prediction" else each for each in outcome.findings]
    return _report(Outcome(tuple(findings), outcome.evidence), subject, seed, started)


def _report(outcome: Outcome, subject: Subject, seed: int, started: float) -> VerificationReport:
    return VerificationReport(
        outcome.findings,
        seed=seed,
        forwards=subject.forwards,
        pullbacks=subject.pullbacks,
        seconds=time.perf_counter() - started,
    )
