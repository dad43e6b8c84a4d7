"""Advice for before a long training run: the loss at chance, regularization, a few examples by heart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from attrs import evolve, fields

from nnframe.advice.advice import Advice, Status
from nnframe.advice.trial import Trial
from nnframe.interfaces import Regularizer

__all__ = ["loss_at_chance", "overfit_a_few", "stronger_regularization"]

SUBSET, STEPS, RATE = 10, 600, 0.02


def loss_at_chance(trial: Trial) -> Advice:
    """Compare the loss with ``log classes``, what guessing costs; a fresh classifier should begin there."""
    name = "expect the loss at chance"
    classes, chance = _chance(trial)
    if chance is None:
        return Advice(name, Status.SKIPPED, "the loss is not one of classes")
    loss, _ = trial.losses()
    saw = f"loss {loss:.3g}, guessing one of {classes} classes costs {chance:.3g}"
    numbers = {"loss": loss, "chance": chance}
    if loss > 1.5 * chance:
        return Advice(name, Status.LOOK, f"{saw}: worse than guessing; smaller initial values?", numbers)
    return Advice(name, Status.FINE, saw + ("; the model has learned already" if loss < 0.7 * chance else ""), numbers)


def _chance(trial: Trial) -> tuple[int, float | None]:
    """How many classes there are, and what a uniform prediction costs, where that is the logarithm of their number."""
    shape = trial.model.predict(trial.x).shape
    classes = shape[-1] if len(shape) > 1 else 1
    loss = trial.model.loss
    if loss is None or classes < 2:
        return classes, None
    for uniform in (0.0, 1 / classes):
        losses = loss.forward(np.full(shape, uniform), trial.y)[0]
        if math.isclose(float(np.mean(losses)), math.log(classes), rel_tol=1e-6):
            return classes, math.log(classes)
    return classes, None


def stronger_regularization(trial: Trial) -> Advice:
    """Look whether the total loss grows where a penalty is ten times as strong."""
    name = "see stronger regularization raise the loss"
    trained = trial.model.trained
    if not any(each.regularizers for each in trained):
        return Advice(name, Status.SKIPPED, "nothing is regularized")
    before = trial.penalty()
    after = sum(_stronger(each).penalty(parameter.value)[0] for parameter in trained for each in parameter.regularizers)
    saw = f"penalties {before:.3g}, and {after:.3g} with ten times the strength"
    return Advice(name, Status.FINE if after > before else Status.LOOK, saw, {"before": before, "after": float(after)})


def _stronger(part: Regularizer) -> Regularizer:
    """The same regularizer with its numbers ten times as large."""
    options: Any = part  # attrs does not know that every part is one of its classes
    numbers = {each.alias: getattr(part, each.name) for each in fields(type(options))}
    stronger = {name: 10 * each for name, each in numbers.items() if isinstance(each, float)}
    changed: Regularizer = evolve(options, **stronger)
    return changed


def overfit_a_few(trial: Trial) -> Advice:
    """Train on a few examples without penalties: the loss should nearly vanish, or more examples will not help."""
    name = "overfit a few examples"
    count = min(SUBSET, trial.examples)
    with trial.borrowed():
        losses = trial.train(STEPS, examples=count, learning_rate=RATE, penalties=False)
    first, best = losses[0], min(losses)
    saw = f"on {count} examples the loss went from {first:.3g} to {best:.2g} in {len(losses)} steps"
    fine = best <= 0.05 * abs(first) or best <= 1e-3
    return Advice(name, Status.FINE if fine else Status.LOOK, saw, {"first": first, "best": best})
