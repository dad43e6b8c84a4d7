"""Trial: a model with some examples, and what every piece of advice needs of them; the model comes back unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import cast

import numpy as np
from attrs import define

from nnframe.arrays import Array, Integers
from nnframe.composition.examples import Examples, count, take
from nnframe.interfaces import Context, Optimizer
from nnframe.model import Model
from nnframe.optimizers import Adam
from nnframe.training.optimization import Optimization
from nnframe.verification import GradientVerifier, VerificationReport
from nnframe.verification.crosschecks import objective_of

__all__ = ["Trial"]

FEW = 8


@define(slots=False, eq=False)
class Trial:
    """A model and its data while advice is followed.

    Attributes:
        model: The model.
        x, y: The data, prepared as training takes them.
        seed: Repeats the same trial.
    """

    model: Model
    x: Examples
    y: Array | Integers
    seed: int = 0

    @classmethod
    def of(cls, model: Model, x: object, y: object, seed: int = 0) -> Trial:
        """A trial of a model on data, as users give them."""
        return cls(model, *model.prepare(x, y), seed)

    @property
    def few(self) -> tuple[Examples, Array | Integers]:
        """The first few examples."""
        return take(self.x, slice(FEW)), self.y[:FEW]

    @property
    def examples(self) -> int:
        """How many examples there are."""
        return count(self.x)

    @cached_property
    def report(self) -> VerificationReport:
        """The verification of every gradient on the few examples."""
        return self.verified()

    def verified(self) -> VerificationReport:
        """A verification of the model as it is now."""
        return GradientVerifier(seed=self.seed).verify(self.model, *self.few)

    def losses(self, *, training: bool = False, seed: int | None = None) -> tuple[float, float]:
        """The mean loss over all examples without the penalties, and the penalties."""
        context = Context(training=training, rng=np.random.default_rng(self.seed if seed is None else seed))
        total, _, _ = self.model.compute(self.x, self.y, context)
        penalties = self.penalty()
        return total - penalties, penalties

    def penalty(self) -> float:
        """What the regularizers add to the loss."""
        trained = self.model.trained
        return float(sum(each.penalty(parameter.value)[0] for parameter in trained for each in parameter.regularizers))

    def gradient(self) -> tuple[float, Array, Array]:
        """Loss, gradient and point of the whole model as vectors, on the few examples."""
        objective, point = objective_of(self.model, *self.few, seed=self.seed)
        return *objective(point), point

    @contextmanager
    def borrowed(self) -> Iterator[None]:
        """Give the parameters, the statistics and the random state back afterwards."""
        kept = {path: parameter.value.copy() for path, parameter in self.model.parameters.items()}
        state = self.model.rng.bit_generator.state
        try:
            yield
        finally:
            for path, value in kept.items():
                np.copyto(self.model.parameters[path].value, value)
            self.model.rng.bit_generator.state = state

    def train(self, steps: int, *, examples: int, learning_rate: float = 0.01, penalties: bool = True) -> list[float]:
        """Train on the first examples for so many steps, with or without penalties; returns the losses."""
        x, y = take(self.x, slice(examples)), self.y[:examples]
        optimization = Optimization(cast("Optimizer[object]", Adam(learning_rate)), self.model.trained)
        losses = []
        for number in range(steps):
            context = Context(training=True, rng=np.random.default_rng([self.seed, number]), input_gradient=False)
            loss, gradients, _ = self.model.compute(x, y, context)
            if not penalties:
                loss -= self.penalty()
                gradients = self._without_penalties(gradients)
            losses.append(loss)
            if not np.isfinite(loss):
                break
            optimization.step(gradients)
        return losses

    def _without_penalties(self, gradients: list[Array]) -> list[Array]:
        plain = []
        for parameter, gradient in zip(self.model.trained, gradients, strict=True):
            penalties = [each.penalty(parameter.value)[1] for each in parameter.regularizers]
            plain.append(gradient - sum(penalties) if penalties else gradient)
        return plain
