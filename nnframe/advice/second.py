"""Second opinions as advice: the Taylor remainder, and symmetric second derivatives."""

from __future__ import annotations

from nnframe.advice.advice import Advice, Status
from nnframe.advice.trial import Trial
from nnframe.verification.crosschecks import hessian_symmetry, objective_of, taylor_remainders

__all__ = ["symmetric_second_derivatives", "taylor_remainder"]


def taylor_remainder(trial: Trial) -> Advice:
    """Look whether ``|f(θ + hd) - f(θ) - h g·d|`` falls with the square of the step."""
    name = "see the Taylor remainder fall with the square"
    found = taylor_remainders(*objective_of(trial.model, *trial.few, seed=trial.seed), seed=trial.seed)
    if found.slope is None:
        saw = "the model is linear along the direction: nothing but round-off is left" if found.passed else "too noisy"
        return Advice(name, Status.FINE if found.passed else Status.LOOK, saw)
    saw = f"it falls with the step to the power {found.slope:.2f} (2: right, 1: wrong)"
    return Advice(name, Status.FINE if found.passed else Status.LOOK, saw, {"slope": found.slope})


def symmetric_second_derivatives(trial: Trial) -> Advice:
    """Look whether ``⟨u, Hv⟩ = ⟨Hu, v⟩``; the gradient of no function has it otherwise."""
    name = "see symmetric second derivatives"
    found = hessian_symmetry(*objective_of(trial.model, *trial.few, seed=trial.seed), seed=trial.seed)
    numbers = {"left": found.left, "right": found.right, "error_bar": found.error_bar}
    saw = f"⟨u, Hv⟩ = {found.left:.6g}, ⟨Hu, v⟩ = {found.right:.6g} ± {found.error_bar:.1g}"
    if not found.symmetric:
        return Advice(name, Status.LOOK, f"{saw}: the gradient is not that of any function", numbers)
    if not found.decided:
        return Advice(name, Status.SKIPPED, f"{saw}: kinks or noise hide the answer", numbers)
    return Advice(name, Status.FINE, saw, numbers)
