"""Runs an experiment: verify every gradient, train, evaluate, save, and load again in a new process."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from nnframe.errors import FileFormatError
from nnframe.experiment.data import Division, load_division
from nnframe.experiment.plan import Plan
from nnframe.model import Model

if TYPE_CHECKING:
    from rich.console import Console

    from nnframe.training.history import History
    from nnframe.verification import VerificationReport

__all__ = ["Outcome", "run_plan"]


@frozen(eq=False)
class Outcome:
    """What came of an experiment.

    Attributes:
        model: The trained model.
        report: The verification, if one was asked for.
        history: The training.
        scores: What was measured on the test data.
        missed: What was to be reached and was not, a sentence each.
    """

    model: Model
    report: VerificationReport | None
    history: History
    scores: dict[str, float]
    missed: tuple[str, ...]


def run_plan(plan: Plan, *, folder: Path, console: Console, progress: bool = True) -> Outcome:
    """Run an experiment step by step, saying on ``console`` what is done.

    Args:
        plan: What to do.
        folder: Where relative paths of the plan are.
        console: Where to say it.
        progress: Whether training shows its progress.

    Raises:
        GradientError: A gradient is wrong; nothing is trained then.
        NNFrameError: Any other step failed.
    """
    console.print(f"[bold]{plan.title}[/bold]" if plan.title else "")
    division = load_division(plan.data, folder)
    console.print(f"data       {len(division.x):,} examples to train with, {len(division.x_test):,} to test with")
    model = Model.from_spec(plan.model)
    console.print(model.summary())
    report = _verify(plan, model, division, console)
    training = plan.training
    history = model.fit(
        division.x,
        division.y,
        optimizer=training.optimizer,
        epochs=training.epochs,
        batch_size=training.batch_size,
        shuffle=training.shuffle,
        metrics=training.metrics,
        callbacks=training.callbacks,
        progress=progress,
    )
    scores = model.evaluate(division.x_test, division.y_test, metrics=plan.evaluation.metrics)
    console.print("test       " + "  ".join(f"{name} {value:.4f}" for name, value in scores.items()))
    if plan.files is not None:
        _save(model, folder / plan.files.model, division.x_test, console)
    return Outcome(model, report, history, scores, _missed(plan, scores))


def _verify(plan: Plan, model: Model, division: Division, console: Console) -> VerificationReport | None:
    if plan.verification is None:
        return None
    report = model.verify(division.x, division.y, examples=plan.verification.examples)
    console.print(str(report), markup=False, highlight=False, soft_wrap=True)
    report.raise_if_failed()
    return report


def _save(model: Model, path: Path, x: object, console: Console) -> None:
    model.save(path)
    console.print(f"saved      {path} ({path.stat().st_size:,} bytes)", soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder) / "x.npy"
        np.save(inputs, np.asarray(x))
        command = [sys.executable, "-m", "nnframe.experiment.fingerprint", str(path), str(inputs)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode or result.stdout.strip() != hashlib.sha256(model.predict(x).tobytes()).hexdigest():
        raise FileFormatError(f"{path} does not predict what the model predicts: {result.stderr.strip()[-300:]}")
    console.print("reloaded   in a new process: the same predictions, bit for bit")


def _missed(plan: Plan, scores: dict[str, float]) -> tuple[str, ...]:
    found = []
    for name, least in plan.evaluation.minimum.items():
        if name not in scores:
            found.append(f"{name} was to be at least {least}, and was not measured")
        elif scores[name] < least:
            found.append(f"{name} was to be at least {least}, and is {scores[name]:.4f}")
    return tuple(found)
