"""The whole model as one subject: from all parameters and the input to the mean loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
from attrs import evolve

from nnframe.arrays import Array
from nnframe.composition import Network
from nnframe.composition.reduction import mean_loss, refuse_nothing, sum_weights, weights_of
from nnframe.interfaces import AnyResult, Context, Regularizer
from nnframe.verification.comparison.adaptive import promise_of, refine
from nnframe.verification.comparison.direction import agrees_soon
from nnframe.verification.comparison.evidence import FAILED
from nnframe.verification.floats.roundoff import unit_roundoff
from nnframe.verification.floats.sampling import Draws, random_signs
from nnframe.verification.floats.shifted import Shifted
from nnframe.verification.floats.step_scale import patterned, usual_scales
from nnframe.verification.function.from_layer import layer_subject
from nnframe.verification.function.function import FunctionUnderTest, Pull, Values
from nnframe.verification.numerical.evaluator import LEFT_DOMAIN, Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, Move
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

__all__ = ["verify_wiring", "whole_subject"]

NEAR, FAR = 2.0**-7, 2.0**-5
UNIT_OF_FLOAT64 = 2.0**-50
MANY = 130_003
"""Random numbers that are drawn for a variable; a prime, so that in a larger one no axis repeats them."""
LOST = (
    "the layer is right by itself, but its gradient through the whole model is not: it is lost, doubled or changed on "
    "the way between the layers"
)


def whole_subject(model: Network, x: object, target: object, context: Callable[[], Context]) -> FunctionUnderTest:
    """A model with its loss and its regularizers as a function of every parameter and of the input."""

    def run(tree: object, data: object) -> AnyResult:
        here = context()
        output, pullback = model.layer.run(tree, data, here)
        assert model.loss is not None
        losses, loss_pullback = model.loss.forward(cast("Array", output), target)
        weight = weights_of(losses, None, here.mask)
        refuse_nothing(sum_weights(losses, weight))
        loss, upstream = mean_loss(losses, weight)
        return loss, lambda factor: pullback(loss_pullback(upstream * losses.dtype.type(cast("Array", factor))))

    subject = layer_subject(model.layer, run, model.tree, x)
    penalised = {path: each.regularizers for path, each in model.parameters.items() if each.regularizers}
    return _with_penalties(subject, penalised) if penalised else subject


def _with_penalties(
    subject: FunctionUnderTest, regularizers: Mapping[str, tuple[Regularizer, ...]]
) -> FunctionUnderTest:
    plain = subject.call

    def call(values: Values) -> tuple[object, Pull]:
        loss, pull = plain(values)
        gradients: dict[str, Array] = {}
        for path, several in regularizers.items():
            for each in several:
                penalty, gradient = each.penalty(values[path])
                loss = loss + penalty  # type: ignore[operator]
                gradients[path] = gradients.get(path, 0.0) + gradient

        def pull_all(upstream: Array) -> dict[str, object]:
            found = dict(pull(upstream))
            return {**found, **{path: found[path] + each * upstream for path, each in gradients.items()}}  # type: ignore[operator]

        return loss, pull_all

    subject.call = call
    return subject


def verify_wiring(subject: FunctionUnderTest, draws: Draws) -> list[Finding]:
    """Whether right parts make a right whole: a random direction through all, then one for each variable.

    Asked close by, where no two numbers are equal: at a kink (equal numbers under a maximum, zeros under a rectifier)
    right parts need not make a slope of the whole, and half a gradient may lie between the slopes on both sides. At
    the point itself where the function is not defined close by. In float64 where the whole computes in it, since a
    narrow forward does not settle on a slope.
    """
    wide = _in_float64(subject) or subject
    there = _close_by(wide, draws)
    wrong = _lost(there, draws)
    if wrong is None:
        wrong = _lost(wide, draws) or []
    spent = [there] if wide is subject else [there, wide]
    subject.forwards += sum(each.forwards for each in spent)
    subject.pullbacks += sum(each.pullbacks for each in spent)
    return [Finding(path, Verdict.FAIL, Cause.MISSING_TERM, hint=LOST) for path in wrong]


def _lost(subject: FunctionUnderTest, draws: Draws) -> list[str] | None:
    """The variables along which the whole does not rise as their gradients promise; None where it is not defined."""
    if subject.large and subject.lent is None:
        subject.lent = subject.copies("C")
    try:
        output, pull = subject.run(subject.copies())
        upstream = np.ones(output.shape, output.dtype)
        gradients = {path: np.asarray(each) for path, each in pull(upstream).items() if path in subject.values}
    except LEFT_DOMAIN:
        return None
    usable = [path for path, each in gradients.items() if each.shape == subject.values[path].shape]
    if not np.isfinite(output).all() or not usable:
        return None
    probe = Evaluator(subject, output, [upstream], unit_roundoff(output))
    unit = max(float(np.finfo(subject.values[path].dtype).eps) / 2 for path in usable)
    moves = {path: _move(path, subject.values[path], draws) for path in usable}
    if _agrees(probe, Bundle(tuple(moves.values())), gradients, unit):
        return []
    return [path for path in usable if not _agrees(probe, Bundle((moves[path],)), gradients, unit)]


def _in_float64(subject: FunctionUnderTest) -> FunctionUnderTest | None:
    """The same at the same point in float64; None where it is that already, or computes in less all the same."""
    if all(value.dtype.itemsize >= 8 for value in subject.values.values()):
        return None
    values: dict[str, Array] = {path: value.astype(np.float64) for path, value in subject.values.items()}
    there = evolve(subject, values=values, forwards=0, pullbacks=0, lent=None)
    try:
        return there if unit_roundoff(there.output(values)) <= UNIT_OF_FLOAT64 else None
    except (*LEFT_DOMAIN, TypeError):
        return None


def _close_by(subject: FunctionUnderTest, draws: Draws) -> FunctionUnderTest:
    """The same at a point where no two numbers are equal and none is zero."""
    points: dict[str, Array | Shifted] = {}
    for path, value in subject.values.items():
        few = min(value.size, MANY)
        rng = draws.generator(path, "point")
        distances = random_signs(few, rng) * rng.uniform(NEAR, FAR, few)
        points[path] = Shifted(value, patterned(value.size, distances, usual_scales(value)))
    return subject.at(points)


def _move(path: str, value: Array, draws: Draws) -> Move:
    signs = random_signs(min(value.size, MANY), draws.generator(path, "direction"))
    return Move(path, slice(None), patterned(value.size, signs, usual_scales(value)))


def _agrees(probe: Evaluator, bundle: Bundle, gradients: dict[str, Array], unit: float) -> bool:
    """Whether the slope along one direction is what the gradients promise, or too noisy to tell."""
    if agrees_soon(probe, bundle, [gradients], unit):
        return True
    promise = promise_of([bundle], [gradients], unit, strict=True)
    return not (refine(probe, Partition((), probe.base.shape), [bundle], promise).state == FAILED).any()
