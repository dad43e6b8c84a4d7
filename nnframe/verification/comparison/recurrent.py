"""A layer that goes from step to step is compared at all of its steps at once.

Through a whole recurrent layer every weight moves every later output, so nothing can be moved together. With the states
before each step given, F(θ, x, S) = S', a weight moves few numbers of each new state. What reaches the new states from
the output, Λ = U + (what the next step hands back), follows from the pullback of the steps; then

    gradient of θ = Σ over all steps of Λ · ∂F/∂θ,

element by element, and Λ is right if the pullback of the steps is right in every element of the states, which is
measured too. That the steps are the layer is seen from its output, and from a direction through the layer itself.

This way shows only that gradients are right. Where anything disagrees, the layer is compared as any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import evolve, frozen

from nnframe.arrays import Array, Integers
from nnframe.verification.budget import BudgetSpent
from nnframe.verification.comparison.directional import compare_along_direction
from nnframe.verification.comparison.evidence import PASSED, ZERO, Measurement
from nnframe.verification.comparison.strategy import ENORMOUS, compare_variable
from nnframe.verification.comparison.variable import Variable
from nnframe.verification.floats.roundoff import unit_roundoff
from nnframe.verification.function.function import FunctionUnderTest, PointRefused, Pull, Steps
from nnframe.verification.numerical.evaluator import Evaluator

__all__ = ["UnrolledSteps", "unroll"]

STRATEGIES = ("auto", "every-element")
STATES = "input.1"
MOST_STEPS = 4096
UNIT, ROUNDING = 2.0**-50, 2.0**-53
SAME = 256.0
FORWARDS, FORWARDS_AN_ELEMENT = 200, 0.3
"""About what it takes at most."""


@frozen(eq=False)
class UnrolledSteps:
    """All steps of a layer at one point, whose pullback is right in every element of the states.

    Args:
        evaluator: Evaluates the steps.
        gradients: What the layer's own pullback gives, by path among the steps.
    """

    evaluator: Evaluator
    gradients: Sequence[Mapping[str, Array]]

    def compare(self, variable: Variable) -> Measurement | None:
        """Return the evidence that a gradient is right at every step; None where it does not show that."""
        steps = evolve(variable, evaluator=self.evaluator, path=_name(variable.path), gradients=self.gradients)
        found = compare_variable(steps)
        if not _is_right(found) or compare_along_direction(variable, variable.uncut, follow=False).disagree.any():
            return None
        return evolve(found, partition=variable.uncut)


def unroll(variable: Variable) -> UnrolledSteps | None:
    """Take the steps of a layer apart; None where it has none, or they do not show that its states are right.

    Args:
        variable: Any of its variables.
    """
    evaluator = variable.evaluator
    steps = evaluator.function.steps
    if steps is None or variable.strategy not in STRATEGIES or evaluator.unit > UNIT or not _is_affordable(variable):
        return None
    try:
        return _unroll(variable, steps)
    except (PointRefused, IndexError, BudgetSpent):
        return None


def _is_affordable(variable: Variable) -> bool:
    """Whether the budget is large enough for most of it; if not, directions through the whole say more."""
    evaluator, elements = variable.evaluator, sum(each.size for each in variable.gradients[0].values())
    if sum(each.size for each in evaluator.work.values()) > ENORMOUS and variable.strategy == "auto":
        return False
    return FORWARDS + elements * FORWARDS_AN_ELEMENT < evaluator.count_forwards_left()


def _unroll(variable: Variable, steps: Steps) -> UnrolledSteps | None:
    whole = variable.evaluator.function
    values = {_name(path): value for path, value in whole.values.items()}
    function = FunctionUnderTest({**values, STATES: np.zeros(steps.before.shape)}, steps.call, whole.budget)
    settled = _settle(function, steps, variable.evaluator)
    if settled is None:
        return None
    function, new, pull = settled
    reached = [_find_reached(steps, pull, new, upstream) for upstream in variable.evaluator.upstreams]
    known = [each for each in reached if each is not None]
    if len(known) < len(reached):
        return None
    evaluator = Evaluator(function, new, [each for each, _ in known], unit_roundoff(new))
    gradients = [
        {STATES: back} | {_name(path): each for path, each in own.items()}
        for (_, back), own in zip(known, variable.gradients, strict=True)
    ]
    states = evolve(variable, evaluator=evaluator, path=STATES, gradients=gradients, unit=ROUNDING, pictured=False)
    return UnrolledSteps(evaluator, gradients) if _is_right(compare_variable(states)) else None


def _settle(
    function: FunctionUnderTest, steps: Steps, evaluator: Evaluator
) -> tuple[FunctionUnderTest, Array, Pull] | None:
    """The steps at the states that they hand on, the new states, and their pullback; None where they are no layer."""
    for _ in range(MOST_STEPS):
        new, pull = function.run_elsewhere(function.copy_values())
        states = np.where(steps.before >= 0, new.reshape(-1)[steps.before], 0.0)  # zero before the first
        if np.array_equal(states, function.values[STATES]):
            break
        function = function.at({**function.values, STATES: states})
    else:
        return None
    shown, base = new.reshape(-1)[steps.shown], evaluator.base
    size = float(np.abs(base).max(initial=0.0))
    if shown.shape != base.shape or (np.abs(shown - base) > SAME * UNIT * size).any():
        return None
    return function, new, pull


def _find_reached(steps: Steps, pull: Pull, new: Array, upstream: Array) -> tuple[Array, Array] | None:
    """What reaches the new states from the output, through all steps behind; and what reaches the states."""
    shown = _put(steps.shown, upstream, new)
    linked = steps.before >= 0
    reached = shown
    for _ in range(MOST_STEPS):
        back = np.asarray(pull(reached)[STATES], dtype=np.float64)
        again = shown + _put(steps.before[linked], back[linked], new)
        if np.array_equal(again, reached):
            return reached, back
        reached = again
    return None


def _name(path: str) -> str:
    """The path of a variable among the steps, which take two inputs."""
    return "input.0" if path == "input" else path


def _put(places: Integers, values: Array, new: Array) -> Array:
    """Values at their places among the new states, added up where they meet."""
    put = np.bincount(places.reshape(-1), values.reshape(-1), new.size)
    return put.astype(np.float64, copy=False).reshape(new.shape)


def _is_right(found: Measurement) -> bool:
    """Whether every element is right, each by itself."""
    counts = found.tally.counts
    return not found.by_directions and counts[PASSED] + counts[ZERO] == counts.sum()
