"""Advice on how a gradient check is set up: data, burn-in, regularization, dropout, every tensor."""

from __future__ import annotations

import numpy as np

from nnframe.advice.advice import Advice, Status
from nnframe.advice.trial import FEW, Trial

__all__ = ["after_burn_in", "every_tensor", "few_examples", "regularization_apart", "replayed_dropout"]

BURN_IN = 20


def few_examples(trial: Trial) -> Advice:
    """Say how many examples are used: the fewer, the fewer kinks are crossed, and the faster it is."""
    used = min(FEW, trial.examples)
    saw = f"{used} of {trial.examples} examples"
    if used == 1:
        return Advice("use few examples", Status.LOOK, f"{saw}: with one, a sum looks like a mean", {"examples": 1.0})
    return Advice("use few examples", Status.FINE, saw, {"examples": float(used)})


def after_burn_in(trial: Trial) -> Advice:
    """Verify again after some steps of training: initial values may be too special a point."""
    with trial.borrowed():
        losses = trial.train(BURN_IN, examples=trial.examples)
        report = trial.verified() if np.isfinite(losses[-1]) else None
    if report is None:
        saw = f"the loss is no longer finite after {len(losses)} steps of Adam"
        return Advice("check again after a burn-in", Status.LOOK, saw)
    fell = f"loss {losses[0]:.3g} to {losses[-1]:.3g}"
    saw = f"{trial.report.verdict} at the given parameters, {report.verdict} after {len(losses)} steps ({fell})"
    status = Status.LOOK if report.failed or trial.report.failed else Status.FINE
    return Advice("check again after a burn-in", status, saw, {"loss before": losses[0], "loss after": losses[-1]})


def regularization_apart(trial: Trial) -> Advice:
    """Compare the penalties with the loss on the data, whose wrong gradient they could hide."""
    if not any(each.regularizers for each in trial.model.trained):
        return Advice("keep regularization apart", Status.SKIPPED, "nothing is regularized")
    loss, penalty = trial.losses()
    saw = f"loss on data {loss:.3g}, penalties {penalty:.3g}; layers are verified without penalties, the sum as well"
    numbers = {"loss": loss, "penalty": penalty}
    if penalty > 10 * abs(loss):
        return Advice("keep regularization apart", Status.LOOK, f"{saw}; the penalties drown the data", numbers)
    return Advice("keep regularization apart", Status.FINE, saw, numbers)


def replayed_dropout(trial: Trial) -> Advice:
    """Look whether training is random, and whether the same random numbers give the same loss."""
    name = "switch dropout off, or replay it"
    first, again, other = (trial.losses(training=True, seed=seed)[0] for seed in (0, 0, 1))
    if first != again:
        return Advice(name, Status.LOOK, f"the same random numbers give {first:.6g} and {again:.6g}")
    if first == other:
        return Advice(name, Status.FINE, "nothing in the model is random")
    return Advice(name, Status.FINE, f"random (loss {first:.4g} or {other:.4g}), and the same when it is replayed")


def every_tensor(trial: Trial) -> Advice:
    """Look whether each parameter tensor was verified, not a sample of all elements, which may miss whole biases."""
    name = "look at every parameter tensor"
    seen = {each.path for each in trial.report.findings if each.coverage is not None and not each.declared}
    paths = [each.path for each in trial.model.trained]
    missed = [path for path in paths if path not in seen]
    if missed:
        return Advice(name, Status.LOOK, f"not looked at: {', '.join(missed[:6])}", {"missed": float(len(missed))})
    return Advice(name, Status.FINE, f"all {len(paths)} of them", {"missed": 0.0})
