"""Runs an experiment: verify every gradient, train, evaluate, save, and load again in a new process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from nnframe.errors import FileFormatError, SpecError
from nnframe.experiment.data import Division, load_division
from nnframe.experiment.plan import Plan
from nnframe.interfaces.part import did_you_mean
from nnframe.model import Model
from nnframe.paths import show_path
from nnframe.text import make_printable

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
        missed: What was to be reached and was not, a sentence each; the model is saved only where there is none.
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
        SpecError: The model could not be written to its file, or a minimum names what is not measured; nothing is
            computed then.
        NNFrameError: Any other step failed.
    """
    target = _check_target(plan, folder)
    console.print(make_printable(plan.title), style="bold", markup=False)
    division = load_division(plan.data, folder)
    console.print(f"data       {len(division.x):,} examples to train with, {len(division.x_test):,} to test with")
    model = Model.from_spec(plan.model)
    console.print(model.summary())
    _check_minimum(plan, _evaluate(plan, model, division))
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
    scores = _evaluate(plan, model, division)
    measured = "  ".join(f"{name} {value:.4f}" for name, value in scores.items())
    console.print(make_printable(f"test       {measured}"), markup=False, highlight=False, soft_wrap=True)
    missed = _find_missed(plan, scores)
    if target is not None and not missed:
        _save(model, target, division.x_test, console)
    return Outcome(model, report, history, scores, missed)


def _check_target(plan: Plan, folder: Path) -> Path | None:
    """Return where the model will be written; where it cannot be, say so before anything is computed."""
    if not folder.is_dir():
        raise SpecError(f"there is no folder {folder}: --folder names where files are read and written")
    if plan.files is None:
        return None
    path = folder / plan.files.model
    if not path.parent.is_dir():
        raise SpecError(
            f"files: model cannot be written to {show_path(path)}: there is no folder {show_path(path.parent)}"
        )
    if path.exists() and not path.is_file():
        raise SpecError(f"files: model cannot be written to {show_path(path)}: it is no regular file")
    if not os.access(path.parent, os.W_OK):
        raise SpecError(f"files: model cannot be written to {show_path(path)}: the permission is missing")
    return path


def _evaluate(plan: Plan, model: Model, division: Division) -> dict[str, float]:
    return model.evaluate(division.x_test, division.y_test, metrics=plan.evaluation.metrics)


def _check_minimum(plan: Plan, measured: Collection[str]) -> None:
    for name in plan.evaluation.minimum:
        if name not in measured:
            raise SpecError(
                f"evaluation: minimum names {name!r:.60}, which is not measured{did_you_mean(name[:60], measured)}"
            )


def _verify(plan: Plan, model: Model, division: Division, console: Console) -> VerificationReport | None:
    if plan.verification is None:
        return None
    report = model.verify(division.x, division.y, examples=plan.verification.examples)
    console.print(str(report), markup=False, highlight=False, soft_wrap=True)
    report.raise_if_failed()
    return report


def _save(model: Model, path: Path, x: object, console: Console) -> None:
    model.save(path)
    said = make_printable(f"saved      {path} ({path.stat().st_size:,} bytes)")
    console.print(said, markup=False, soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder) / "x.npy"
        np.save(inputs, np.asarray(x))
        command = [sys.executable, "-m", "nnframe.experiment.fingerprint", str(path), str(inputs)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode or result.stdout.strip() != hashlib.sha256(model.predict(x).tobytes()).hexdigest():
        raise FileFormatError(
            f"{show_path(path)} does not predict what the model predicts: {result.stderr.strip()[-300:]}"
        )
    console.print("reloaded   in a new process: the same predictions, bit for bit")


def _find_missed(plan: Plan, scores: dict[str, float]) -> tuple[str, ...]:
    """Say which minima were missed; nan reaches none."""
    return tuple(
        f"{name} was to be at least {least}, and is {scores[name]:.4f}"
        for name, least in plan.evaluation.minimum.items()
        if not scores[name] >= least
    )
