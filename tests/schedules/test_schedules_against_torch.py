"""Every schedule that torch has agrees with torch, step for step."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from nnframe.interfaces import Progress, Schedule
from nnframe.schedules import (
    Constant,
    Cosine,
    CosineRestarts,
    Exponential,
    Linear,
    MultiStep,
    OneCycle,
    OnPlateau,
    Polynomial,
    Sequence,
    Step,
    WarmUp,
)

torch = pytest.importorskip("torch")
S = torch.optim.lr_scheduler
BASE = 0.3

CASES: list[tuple[Schedule, Any]] = [
    (Constant(BASE), lambda o: S.ConstantLR(o, 1.0)),
    (Step(BASE, every=30, factor=0.4), lambda o: S.StepLR(o, 30, 0.4)),
    (MultiStep(BASE, milestones=(20, 21, 90)), lambda o: S.MultiStepLR(o, [20, 21, 90])),
    (Exponential(BASE, factor=0.97), lambda o: S.ExponentialLR(o, 0.97)),
    (Cosine(BASE, length=200, end=0.01), lambda o: S.CosineAnnealingLR(o, 200, 0.01)),
    (CosineRestarts(BASE, length=30, end=0.01), lambda o: S.CosineAnnealingWarmRestarts(o, 30, 1, 0.01)),
    (CosineRestarts(BASE, length=10, growth=3), lambda o: S.CosineAnnealingWarmRestarts(o, 10, 3)),
    (Linear(BASE * 0.2, BASE, length=50), lambda o: S.LinearLR(o, 0.2, 1.0, 50)),
    (Polynomial(BASE, length=120, power=1.7), lambda o: S.PolynomialLR(o, 120, 1.7)),
    (OneCycle(BASE, length=201), lambda o: S.OneCycleLR(o, BASE, total_steps=201)),
    (
        OneCycle(BASE, 300, rising=0.6, rise=5, fall=50),
        lambda o: S.OneCycleLR(o, BASE, 300, pct_start=0.6, div_factor=5, final_div_factor=50),
    ),
    (
        Sequence((Exponential(BASE, factor=0.9), Step(BASE, every=30)), milestones=(40,)),
        lambda o: S.SequentialLR(o, [S.ExponentialLR(o, 0.9), S.StepLR(o, 30, 0.1)], [40]),
    ),
    (
        WarmUp(Cosine(BASE, length=100), length=20, start=0.1),
        lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.1, 1.0, 20), S.CosineAnnealingLR(o, 100)], [20]),
    ),
]


def optimizer() -> Any:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=BASE)


@pytest.mark.parametrize(("ours", "make"), CASES, ids=lambda case: type(case).__name__)
def test_two_hundred_steps_agree(ours: Schedule, make: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of its own ways of using itself
        target = optimizer()
        theirs = make(target)
        for step in range(120 if isinstance(ours, WarmUp) else 200):
            assert ours(Progress(step=step)) == pytest.approx(target.param_groups[0]["lr"], rel=1e-10, abs=1e-12), step
            target.step()
            theirs.step()


@pytest.mark.parametrize(
    ("options", "their_options"),
    [
        ({}, {}),
        ({"patience": 2, "factor": 0.5}, {"patience": 2, "factor": 0.5}),
        (
            {"patience": 0, "factor": 0.7, "pause": 3, "threshold": 0.01, "lowest": 0.05},
            {"patience": 0, "factor": 0.7, "cooldown": 3, "threshold": 0.01, "min_lr": 0.05},
        ),
    ],
)
def test_two_hundred_epochs_on_and_off_plateaus_agree(options: Any, their_options: Any) -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([np.linspace(2, 1, 60), np.ones(60), np.linspace(1, 0.5, 80)]) + 0.02 * rng.normal(size=200)
    target = optimizer()
    theirs = S.ReduceLROnPlateau(target, eps=0, **their_options)
    ours = OnPlateau(BASE, **options)
    for epoch, value in enumerate(values.tolist()):
        theirs.step(value)
        progress = Progress(epoch=epoch + 1, monitored=tuple(values[: epoch + 1].tolist()))
        assert ours(progress) == pytest.approx(target.param_groups[0]["lr"], rel=1e-10)
