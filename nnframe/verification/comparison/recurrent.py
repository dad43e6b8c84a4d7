"""Step by step: a layer that goes from step to step is proved at all of its steps at once.

Through a whole recurrent layer every weight moves every later output, so nothing can be moved together. With the states
before each step given, F(θ, x, S) = S', a weight moves few numbers of each new state. What reaches the new states from
the output, Λ = U + (what the next step hands back), follows from the pullback of the steps; then

    gradient of θ = Σ over all steps of Λ · ∂F/∂θ,

element by element, and Λ is right if the pullback of the steps is right in every element of the states, which is
measured too. That the steps are the layer is seen from its output, and from a direction through the layer itself.

This way shows only that gradients are right. Where anything disagrees, the layer is examined as any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from attrs import define, evolve

from nnframe.arrays import Array, Integers
from nnframe.verification.comparison.directional import search
from nnframe.verification.comparison.evidence import PASSED, ZERO
from nnframe.verification.comparison.strategy import Examined, examine
from nnframe.verification.floats.roundoff import unit_roundoff
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.function.function import FunctionUnderTest, Pull, Steps
from nnframe.verification.numerical.evaluator import LEFT_DOMAIN, Evaluator
from nnframe.verification.numerical.partition import Partition

__all__ = ["examine_steps"]

STRATEGIES = ("auto", "every-element")
STATES = "input.1"
MOST_STEPS = 4096
UNIT, ROUNDING = 2.0**-50, 2.0**-53
SAME = 256.0
FORWARDS, FORWARDS_AN_ELEMENT = 200, 0.3
"""About what it takes at most."""


def examine_steps(
    probe: Evaluator, gradients: Sequence[Mapping[str, Array]], units: Mapping[str, float], draws: Draws, strategy: str
) -> dict[str, Examined]:
    """What the steps say about the variables whose gradients they prove right; nothing about others."""
    steps = probe.subject.steps
    if steps is None or strategy not in STRATEGIES or probe.unit > UNIT or not _affordable(probe, gradients, strategy):
        return {}
    try:
        return _Steps(probe, steps, gradients, units, draws, strategy).proved()
    except (*LEFT_DOMAIN, IndexError, TypeError):
        return {}


def _affordable(probe: Evaluator, gradients: Sequence[Mapping[str, Array]], strategy: str) -> bool:
    """Whether the budget is large enough for most of it; if not, directions through the whole say more."""
    if probe.subject.large and strategy == "auto":
        return False
    elements = sum(each.size for each in gradients[0].values())
    return FORWARDS + elements * FORWARDS_AN_ELEMENT < probe.forwards_left


@define(eq=False)
class _Steps:
    """One layer at one point: its steps, and what is promised of them."""

    probe: Evaluator
    steps: Steps
    gradients: Sequence[Mapping[str, Array]]
    units: Mapping[str, float]
    draws: Draws
    strategy: str

    def proved(self) -> dict[str, Examined]:
        """The variables that are right at every step, and along a direction through the whole."""
        whole = self.probe.subject
        apart = self._apart()
        try:
            settled = self._settled(apart)
            if settled is None:
                return {}
            base, upstreams, promised = settled
            alone = Evaluator(apart, base, upstreams, unit_roundoff(base))
            return self._examined(alone, promised)
        finally:
            whole.forwards += apart.forwards
            whole.pullbacks += apart.pullbacks

    def _apart(self) -> FunctionUnderTest:
        """The steps as a function of the variables and of the states, all zero to begin with."""
        whole = self.probe.subject
        values = {self._named(path): value for path, value in whole.values.items()}
        values[STATES] = np.zeros(self.steps.before.shape)
        left = evolve(whole.budget, forwards=whole.budget.forwards - whole.forwards)
        return FunctionUnderTest(values, self.steps.call, budget=left)

    def _settled(self, apart: FunctionUnderTest) -> tuple[Array, list[Array], list[dict[str, Array]]] | None:
        """The new states, what reaches them for each upstream, and the gradients by path; None where it is no layer."""
        for _ in range(MOST_STEPS):
            new, pull = apart.run(apart.copies())
            states = _handed_on(new, self.steps.before)
            if np.array_equal(states, apart.values[STATES]):
                break
            apart.values[STATES] = states
        else:
            return None
        shown = new.reshape(-1)[self.steps.shown]
        size = float(np.abs(self.probe.base).max(initial=0.0))
        if shown.shape != self.probe.base.shape or (np.abs(shown - self.probe.base) > SAME * UNIT * size).any():
            return None
        found = [self._reached(pull, new, upstream) for upstream in self.probe.upstreams]
        if any(each is None for each in found):
            return None
        reached, backs = zip(*(each for each in found if each is not None), strict=True)
        promised = [
            {STATES: back} | {self._named(path): each for path, each in gradients.items()}
            for back, gradients in zip(backs, self.gradients, strict=True)
        ]
        return new, list(reached), promised

    def _reached(self, pull: Pull, new: Array, upstream: Array) -> tuple[Array, Array] | None:
        """What reaches the new states from the output, through all steps behind; and what reaches the states."""
        shown = _put(self.steps.shown, upstream, new)
        linked = self.steps.before >= 0
        reached = shown
        for _ in range(MOST_STEPS):
            back = np.asarray(pull(reached)[STATES], dtype=np.float64)
            again = shown + _put(self.steps.before[linked], back[linked], new)
            if np.array_equal(again, reached):
                return reached, back
            reached = again
        return None

    def _examined(self, alone: Evaluator, promised: list[dict[str, Array]]) -> dict[str, Examined]:
        if not _right(examine(alone, STATES, promised, ROUNDING, self.draws, self.strategy)):
            return {}
        return dict(self._one_by_one(alone, promised))

    def _one_by_one(self, alone: Evaluator, promised: list[dict[str, Array]]) -> Iterator[tuple[str, Examined]]:
        for path, unit in self.units.items():
            found = examine(alone, self._named(path), promised, unit, self.draws, self.strategy)
            plain = Partition(self.probe.work[path].shape, self.probe.base.shape)
            if _right(found) and self._agrees(path, plain, unit):
                yield path, evolve(found, partition=plain)

    def _agrees(self, path: str, plain: Partition, unit: float) -> bool:
        """Whether the layer itself rises along a random direction as its gradient promises."""
        return not search(self.probe, path, plain, self.gradients, unit, self.draws, follow=False).disagree.any()

    def _named(self, path: str) -> str:
        """The path of a variable among the steps, which take two inputs."""
        return "input.0" if path == "input" else path


def _handed_on(new: Array, before: Integers) -> Array:
    """The states that new states are for the steps that follow; zero before the first."""
    return np.where(before >= 0, new.reshape(-1)[before], 0.0)


def _put(places: Integers, values: Array, new: Array) -> Array:
    """Values at their places among the new states, added up where they meet."""
    put = np.bincount(places.reshape(-1), values.reshape(-1), new.size)
    return put.astype(np.float64, copy=False).reshape(new.shape)


def _right(found: Examined) -> bool:
    """Whether every element is right, each by itself."""
    return not found.by_directions and bool(np.isin(found.evidence.state, (PASSED, ZERO)).all())
