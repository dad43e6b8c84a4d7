"""The whole model as one function, from all parameters and the input to the mean loss: right parts, rightly joined."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import cast

import numpy as np
from attrs import evolve

from nnframe.arrays import Array
from nnframe.composition import Network
from nnframe.composition.reduction import mean_loss, refuse_nothing, sum_weights, weights_of
from nnframe.interfaces import AnyResult, Context, Regularizer
from nnframe.verification.budget import Budget, BudgetSpent
from nnframe.verification.comparison.adaptive import agrees_along
from nnframe.verification.floats.blocked import add_in_pieces
from nnframe.verification.floats.roundoff import unit_roundoff
from nnframe.verification.floats.sampling import Draws, random_signs
from nnframe.verification.floats.step_scale import StepScales, repeat_scaled
from nnframe.verification.function.from_layer import make_layer_function
from nnframe.verification.function.function import FunctionUnderTest, PointRefused, Pull, Values
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.perturbation import Bundle, Move
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

__all__ = ["check_composition", "make_model_function"]

NEAR, FAR = 2.0**-7, 2.0**-5
UNIT_OF_FLOAT64 = 2.0**-50
MANY = 130_003
"""Random numbers that are drawn for a variable; a prime, so that in a larger one no axis repeats them."""
UNASKED = "the budget was spent before the whole model was checked"
LOST = (
    "the layer is right by itself, but its gradient through the whole model is not: it is lost, doubled or changed on "
    "the way between the layers"
)


def make_model_function(
    model: Network, x: object, target: object, context: Callable[[], Context], budget: Budget | None = None
) -> FunctionUnderTest:
    """Return a model with its loss and its regularizers as a function of every parameter and of the input."""

    def run(tree: object, data: object) -> AnyResult:
        here = context()
        output, pullback = model.layer.run(tree, data, here)
        assert model.loss is not None
        losses, loss_pullback = model.loss.forward(cast("Array", output), target)
        weight = weights_of(losses, None, here.mask)
        refuse_nothing(sum_weights(losses, weight))
        loss, upstream = mean_loss(losses, weight)
        return loss, lambda factor: pullback(loss_pullback(upstream * losses.dtype.type(cast("Array", factor))))

    function = make_layer_function(model.layer, run, model.tree, x, budget or Budget())
    penalised = {path: each.regularizers for path, each in model.parameters.items() if each.regularizers}
    return _add_penalties(function, penalised) if penalised else function


def _add_penalties(
    function: FunctionUnderTest, regularizers: Mapping[str, tuple[Regularizer, ...]]
) -> FunctionUnderTest:
    def call(values: Values) -> tuple[object, Pull]:
        loss, pull = function.call(values)
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

    return evolve(function, call=call)


def check_composition(function: FunctionUnderTest, draws: Draws, paths: Collection[str]) -> list[Finding]:
    """Check that right parts make a right whole: a random direction through all, then one for each variable.

    Asked close by, where no two numbers are equal: at a kink (equal numbers under a maximum, zeros under a rectifier)
    right parts need not make a slope of the whole, and half a gradient may lie between the slopes on both sides. At
    the point itself where the function is not defined close by. In float64 where the whole computes in it, since a
    narrow forward does not settle on a slope.

    Args:
        function: The whole model.
        draws: Make the point and the directions.
        paths: The variables that are asked for.
    """
    try:
        wide = _widen(function) or function
        wrong = _find_lost(_move_close_by(wide, draws), draws, paths)
        if wrong is None:
            wrong = _find_lost(wide, draws, paths) or []
    except BudgetSpent:
        return [Finding(path, Verdict.INCONCLUSIVE, hint=UNASKED) for path in function.values if path in paths]
    return [Finding(path, Verdict.FAIL, Cause.MISSING_TERM, hint=LOST) for path in wrong]


def _find_lost(function: FunctionUnderTest, draws: Draws, paths: Collection[str]) -> list[str] | None:
    """The variables along which the whole does not rise as their gradients predict; None where it is not defined."""
    try:
        workspace = function.copy_values()
        output, pull = function.run_elsewhere(workspace)
        upstream = np.ones(output.shape, output.dtype)
        gradients = {path: np.asarray(each) for path, each in pull(upstream).items() if path in paths}
    except PointRefused:
        return None
    usable = [path for path, each in gradients.items() if each.shape == function.values[path].shape]
    if not np.isfinite(output).all() or not usable:
        return None
    evaluator = Evaluator(function, output.copy(), [upstream], unit_roundoff(output), workspace)
    unit = max(float(np.finfo(function.values[path].dtype).eps) / 2 for path in usable)
    moves = {path: _move(path, function.values[path], draws) for path in usable}
    if agrees_along(evaluator, Bundle(tuple(moves.values())), [gradients], unit) is None:
        return []
    return [path for path in usable if agrees_along(evaluator, Bundle((moves[path],)), [gradients], unit) is not None]


def _widen(function: FunctionUnderTest) -> FunctionUnderTest | None:
    """The same at the same point in float64; None where it is that already, or computes in less all the same."""
    if all(value.dtype.itemsize >= 8 for value in function.values.values()):
        return None
    wide = function.at({path: value.astype(np.float64) for path, value in function.values.items()})
    try:
        return wide if unit_roundoff(wide.compute_output(wide.copy_values())) <= UNIT_OF_FLOAT64 else None
    except PointRefused:
        return None


def _move_close_by(function: FunctionUnderTest, draws: Draws) -> FunctionUnderTest:
    """The same at a point where no two numbers are equal and none is zero."""
    values = {}
    for path, value in function.values.items():
        rng, few = draws.generator(path, "point"), min(value.size, MANY)
        distances = random_signs(few, rng) * rng.uniform(NEAR, FAR, few)
        moved = np.array(value, order="C")
        add_in_pieces(moved.reshape(-1), repeat_scaled(value.size, distances, _scale(value)))
        values[path] = moved
    return function.at(values)


def _move(path: str, value: Array, draws: Draws) -> Move:
    signs = random_signs(min(value.size, MANY), draws.generator(path, "direction"))
    return Move(path, slice(None), repeat_scaled(value.size, signs, _scale(value)))


def _scale(value: Array) -> Array:
    return StepScales.of(value).usual
