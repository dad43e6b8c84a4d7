"""A run with every callback, interrupted and gone on with, ends to the bit where one that was left alone ends."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.callbacks import (
    EMA,
    Checkpoint,
    CSVLogger,
    EarlyStopping,
    GradientMonitor,
    Lambda,
    ProgressBar,
    TerminateOnNaN,
    Timer,
)
from nnframe.callbacks.gradient_report import GradientReport
from nnframe.interfaces import Moment
from nnframe.layers import Dense, Dropout
from nnframe.training import History

X = np.random.default_rng(0).normal(size=(40, 3))
Y = np.sin(X[:, :1])


def train(folder: Path, die: bool, unit: str, resume: bool = False) -> tuple[Model, History | None]:
    model = Model([Dense(6), "batch_norm", "tanh", Dropout(0.3), Dense(1)], loss="mse", input_shape=(3,), seed=3)

    def interrupt(moment: Moment) -> None:
        if die and (moment.epoch, moment.step) == (4, 3):
            signal.raise_signal(signal.SIGINT)

    callbacks: list[Any] = [
        Checkpoint(f"{folder}/run.safetensors", every=1 if unit == "epoch" else 2, unit=unit),  # type: ignore[arg-type]
        EMA(0.8, warm_up=True),
        EarlyStopping(patience=3, min_delta=0.01, restore_best=True),
        TerminateOnNaN(),
        Timer(),
        GradientMonitor(every=2, table=False),
        CSVLogger(f"{folder}/run.csv"),
        ProgressBar("none"),
        Lambda(on_after_step=interrupt),
    ]
    try:
        model.fit(
            X,
            Y,
            optimizer={"name": "adam", "learning_rate": 0.02},
            epochs=12,
            batch_size=8,
            validation_data=(X, Y),
            callbacks=callbacks,
            resume=f"{folder}/run.safetensors" if resume else None,
        )
    except KeyboardInterrupt:
        assert die
    return model, model.history


def without_time(history: History | None) -> list[dict[str, float]]:
    assert history is not None
    return [{name: value for name, value in epoch.items() if name != "seconds"} for epoch in history.epochs]


@pytest.mark.parametrize("unit", ["epoch", "step"])
def test_every_callback_goes_on_exactly(unit: str, tmp_path: Path) -> None:
    for name in ("whole", "broken"):
        (tmp_path / name).mkdir()
    whole, history = train(tmp_path / "whole", die=False, unit=unit)
    train(tmp_path / "broken", die=True, unit=unit)
    resumed, again = train(tmp_path / "broken", die=False, unit=unit, resume=True)
    assert history is not None
    assert again is not None
    assert 4 < len(history) < 12, "it is stopped early, after the interruption"
    assert again.stop_reason == history.stop_reason
    assert without_time(again) == without_time(history)
    for path, each in whole.parameters.items():
        assert resumed.parameters[path].value.tobytes() == each.value.tobytes(), path
    assert without_time(History.from_csv(tmp_path / "broken" / "run.csv")) == without_time(again)
    assert isinstance(again.reports["gradient_monitor"], GradientReport)
    assert again.reports["gradient_monitor"] == history.reports["gradient_monitor"]
    for path, value in history.reports["ema"].items():  # type: ignore[attr-defined]
        assert np.array_equal(value, again.reports["ema"][path])  # type: ignore[index]
