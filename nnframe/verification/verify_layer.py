"""verify_layer and verify_loss: one part by itself."""

from __future__ import annotations

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
from nnframe.verification.budget import BudgetLike, start_budget
from nnframe.verification.checks.straight_through import declare
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.function.from_layer import (
    find_steps,
    make_layer_function,
    make_loss_function,
    name_inputs,
)
from nnframe.verification.function.function import read_array
from nnframe.verification.function.isolation import Isolation
from nnframe.verification.pipeline import Settings, check_function
from nnframe.verification.report.detail import Details
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.reporting import report_spending

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
    spending = start_budget(budget)
    if not isinstance(layer, AnyLayer):
        raise ConfigurationError(f"verify_layer expects a layer, got {quote(layer)}: give an object such as Dense(2)")
    members = tuple(map(read_array, x if isinstance(x, tuple) else (x,), name_inputs(x)))
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

    function = make_layer_function(layer, _Runner(layer, context), parameters, x, spending)
    function = evolve(function, steps=find_steps(layer, parameters, x, context()))
    if layer.straight_through:
        return report_spending(declare(function), seed, spending)
    isolation = Isolation.of(function.values.values())
    isolated = isolation.isolate(function)
    findings = isolation.run(lambda: check_function(isolated, Draws(seed), Settings(details=details)))
    return report_spending(findings, seed, spending)


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
    spending = start_budget(budget)
    function = make_loss_function(loss, prediction, target, spending)
    isolation = Isolation.of([prediction])
    isolated = isolation.isolate(function)
    found = isolation.run(lambda: check_function(isolated, Draws(seed), Settings(details=details)))
    findings = [evolve(each, path="loss") if each.path == "prediction" else each for each in found]
    return report_spending(findings, seed, spending)
