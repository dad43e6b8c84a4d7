"""Advice on the arithmetic of a gradient check: formula, error, precision, range, kinks, step.

Source of all the advice in this folder: Karpathy et al., "CS231n: Neural Networks Part 3: Learning and Evaluation",
sections "Gradient Checks" and "Before learning: sanity checks tips".
"""

from __future__ import annotations

import numpy as np

from nnframe.advice.advice import Advice, Status
from nnframe.advice.trial import Trial
from nnframe.verification import Verdict
from nnframe.verification.crosschecks import objective_of

__all__ = ["centred_formula", "double_precision", "floats_in_range", "kinks", "relative_errors", "step_size"]

STEPS = [2.0**exponent for exponent in range(-2, -48, -3)]
USUAL_STEP = 1e-5
WRONG = 1e-4


def _status(fine: bool) -> Status:
    return Status.FINE if fine else Status.LOOK


def _errors(trial: Trial, steps: list[float]) -> tuple[list[float], list[float]]:
    """Relative errors of the one-sided and of the centred formula along one random direction, step by step."""
    objective, point = objective_of(trial.model, *trial.few, seed=trial.seed)
    rng = np.random.default_rng(trial.seed)
    direction = rng.choice([-1.0, 1.0], point.shape) * np.maximum(np.abs(point), 0.1)
    value, gradient = objective(point)
    slope = float(gradient @ direction)
    size = max(abs(slope), 1e-3 * float(np.abs(gradient) @ np.abs(direction)), 1e-300)
    one_sided, centred = [], []
    for step in steps:
        ahead, behind = (objective(point + sign * step * direction)[0] for sign in (1, -1))
        one_sided.append(abs((ahead - value) / step - slope) / size)
        centred.append(abs((ahead - behind) / (2 * step) - slope) / size)
    return one_sided, centred


def centred_formula(trial: Trial) -> Advice:
    """Compare ``(f(θ + h) - f(θ - h)) / 2h`` with ``(f(θ + h) - f(θ)) / h``."""
    (one_sided,), (centred,) = _errors(trial, [USUAL_STEP])
    saw = f"with step {USUAL_STEP:g} the centred formula is off by {centred:.1e}, the one-sided one by {one_sided:.1e}"
    return Advice(
        "use the centred formula", _status(centred < WRONG), saw, {"centred": centred, "one_sided": one_sided}
    )


def relative_errors(trial: Trial) -> Advice:
    """Give the largest ``‖a − n‖ / (‖a‖ + ‖n‖)`` of all gradients, which means something at any scale."""
    name = "compare relative errors"
    known = [
        (each.relative_difference, each.path) for each in trial.report.findings if each.relative_difference is not None
    ]
    if not known:
        return Advice(name, Status.SKIPPED, "no gradient was measured")
    worst, path = max(known)
    saw = f"at most {worst:.1e}, in {path} (1e-7 is usual for a right gradient, 1e-2 for a wrong one)"
    return Advice(name, _status(not trial.report.failed), saw, {"worst": worst})


def double_precision(trial: Trial) -> Advice:
    """Say in which precision the model computes."""
    dtype = trial.model.dtype
    saw = (
        "the model computes in float64"
        if dtype == np.float64
        else ("the model computes in float32, where a right gradient may look wrong: differences are taken in float64")
    )
    return Advice("use double precision", Status.FINE, saw, {"bits": float(dtype.itemsize * 8)})


def floats_in_range(trial: Trial) -> Advice:
    """Look whether loss and gradients are near the middle of the range of floats."""
    loss, gradient, _ = trial.gradient()
    sizes = np.abs(gradient[gradient != 0])
    if not sizes.size:
        return Advice("stay in the active range of floats", Status.LOOK, "every gradient is zero", {"loss": loss})
    median = float(np.median(sizes))
    saw = f"loss {loss:.3g}, gradients {float(sizes.min()):.1e} to {float(sizes.max()):.1e}, median {median:.1e}"
    small = "" if median > 1e-10 else "; scale the loss up while checking"
    numbers = {"loss": loss, "median": median, "largest": float(sizes.max())}
    return Advice("stay in the active range of floats", _status(1e-10 < median < 1e10), saw + small, numbers)


def kinks(trial: Trial) -> Advice:
    """Count the gradients that sit on a kink, where differences say nothing about a derivative."""
    found = [each.path for each in trial.report.findings if each.verdict is Verdict.KINK]
    if not found:
        return Advice("mind the kinks", Status.FINE, "no gradient sits on a kink", {"kinks": 0.0})
    saw = f"at a kink, and inside its two slopes: {', '.join(found[:4])}; move the data a little to get off it"
    return Advice("mind the kinks", Status.LOOK, saw, {"kinks": float(len(found))})


def step_size(trial: Trial) -> Advice:
    """Find the step at which the centred formula is best, and the range in which it is good."""
    errors = _errors(trial, STEPS)[1]
    best = int(np.argmin(errors))
    good = [step for step, error in zip(STEPS, errors, strict=True) if error < 1e-6]
    saw = f"the best step is {STEPS[best]:.0e} of the parameters' scale, with error {errors[best]:.1e}"
    if good:
        saw += f"; from {min(good):.0e} to {max(good):.0e} it is below 1e-6"
    return Advice("mind the step", _status(errors[best] < WRONG), saw, {"step": STEPS[best], "error": errors[best]})
