"""Each number has a name of its own, and says which way it is better."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attrs import frozen

from nnframe import registry
from nnframe.callbacks import EMA, Checkpoint, CSVLogger, EarlyStopping, GradientMonitor, Lambda, Timer
from nnframe.errors import ConfigurationError, DataError
from nnframe.interfaces import Metric, Progress
from nnframe.metrics import FBeta, TopKAccuracy
from nnframe.optimizers import SGD
from nnframe.schedules import OnPlateau, WarmUp
from nnframe.training import History
from nnframe.training.naming import name_metrics
from tests.samples.runs import LABELS, X, classifier, fit, line

# names


def test_two_metrics_of_one_kind_give_two_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = [{"name": "top_k_accuracy", "k": 1}, {"name": "top_k_accuracy", "k": 2}]
    model, path = classifier(), tmp_path / "run.csv"
    alone = [model.evaluate(X, LABELS, metrics=[each])["top_k_accuracy"] for each in both]
    names = ["top_k_accuracy(k=1)", "top_k_accuracy(k=2)"]
    assert [model.evaluate(X, LABELS, metrics=both)[name] for name in names] == alone
    history = model.fit(
        X, LABELS, optimizer=SGD(0.0), metrics=both, validation_data=(X, LABELS), callbacks=[CSVLogger(path)]
    )
    assert [history.last[name] for name in names] == pytest.approx(alone)
    assert [history.last[f"val_{name}"] for name in names] == pytest.approx(alone)
    assert History.from_csv(path).epochs == history.epochs
    shown = capsys.readouterr().out
    assert all(f"{name} {history.last[name]:.4g}" in shown for name in names)


@pytest.mark.parametrize(
    ("metrics", "names"),
    [
        ([TopKAccuracy(1)], ["top_k_accuracy"]),
        ([FBeta("macro"), FBeta("micro")], ["f_beta(average=macro)", "f_beta(average=micro)"]),
        (
            [FBeta("macro", beta=2), FBeta("micro"), FBeta("macro")],
            ["f_beta(average=macro, beta=2)", "f_beta(average=micro, beta=1.0)", "f_beta(average=macro, beta=1.0)"],
        ),
        ([TopKAccuracy(2), TopKAccuracy(2)], ["top_k_accuracy", "top_k_accuracy#2"]),
    ],
)
def test_a_name_has_the_options_that_differ(metrics: list[Any], names: list[str]) -> None:
    assert name_metrics(metrics) == names


def test_a_metric_cannot_take_the_name_of_another_number() -> None:
    @registry.metrics.register("val_gap")
    @frozen
    class Gap(TopKAccuracy):
        pass

    try:
        with pytest.raises(ConfigurationError, match="a metric cannot be called 'val_gap'"):
            name_metrics([Gap()])
    finally:
        registry.metrics.unregister("val_gap")


def test_reports_of_two_callbacks_of_one_kind_are_two() -> None:
    monitors = [GradientMonitor(every=1, table=False), GradientMonitor(every=2, table=False)]
    history = line().fit(X, X[:, :1], callbacks=[EMA(0.5), EMA(0.9), Timer(), *monitors], progress=False, batch_size=10)
    names = ["ema(decay=0.5)", "ema(decay=0.9)", "timer", "gradient_monitor(every=1)", "gradient_monitor(every=2)"]
    assert list(history.reports) == names
    assert {"seconds", "gradient_norm(every=1)", "gradient_norm(every=2)"} <= set(history.names)


# directions

HIGHER = {"accuracy", "auc", "binary_accuracy", "confusion_matrix", "f_beta", "precision", "r2", "recall"}
HIGHER |= {"top_k_accuracy"}


def test_every_metric_knows_which_way_is_better() -> None:
    assert {name for name in registry.metrics.names() if registry.metrics.get(name).better == "max"} == HIGHER


@pytest.mark.parametrize("name", ["val_accuracy", "accuracy"])
def test_early_stopping_goes_on_while_an_accuracy_rises_and_restores_the_best(name: str) -> None:
    y = (X[:, 0] > 0).astype(int)
    model = classifier()
    history = model.fit(
        X,
        y,
        epochs=50,
        optimizer={"name": "adam", "learning_rate": 0.05},
        metrics=["accuracy"],
        validation_data=(X, y),
        callbacks=[EarlyStopping(name, patience=3, restore_best=True)],
        progress=False,
    )
    best = max(history[name])
    assert history[name].index(best) + 1 == history.best(name)
    assert f"{name} has not become higher for 3 epochs: best {best:.4g}" in history.stop_reason
    if name == "val_accuracy":
        assert model.evaluate(X, y, metrics=["accuracy"])["accuracy"] == best


def test_checkpoint_writes_at_the_highest_accuracy(tmp_path: Path) -> None:
    written: list[int] = []
    path = tmp_path / "best.safetensors"

    def note(moment: Any) -> None:
        if path.exists():
            written.append(moment.epoch)
            path.unlink()

    numbers = [0.5, 0.7, 0.6, math.nan, 0.8]
    fit(numbers, "accuracy", Checkpoint(path, monitor="accuracy"), Lambda(on_before_epoch=note))
    assert [*written, 5] == [1, 2, 5]
    assert path.exists()


def test_a_loss_and_an_unknown_number_are_better_lower() -> None:
    assert fit([3.0, 2.0, 5.0, 5.0], "score", EarlyStopping("score", patience=2)).stop_reason.endswith(
        "lower for 2 epochs: best 2 after epoch 2"
    )


def test_the_users_mode_has_the_last_word() -> None:
    history = fit([0.5, 0.4, 0.6, 0.7], "accuracy", EarlyStopping("accuracy", "min", patience=2))
    assert history.stop_reason == "accuracy has not become lower for 2 epochs: best 0.4 after epoch 2"


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_a_run_without_a_best_says_so(broken: float) -> None:
    history = fit([broken] * 4, "score", EarlyStopping("score", patience=3, restore_best=True))
    assert history.stop_reason == "score has not been a finite number in 3 epochs"


def test_the_best_of_a_history_follows_the_metric_and_never_nan(tmp_path: Path) -> None:
    history = fit([0.5, math.nan, 0.9, 0.7], "val_accuracy")
    assert (history.best("val_accuracy"), history.best("val_accuracy", "min")) == (3, 1)
    history.to_csv(tmp_path / "run.csv")
    for read in (History.from_csv(tmp_path / "run.csv"), History.from_dict(history.to_dict())):
        assert read.best("val_accuracy") == 3


def test_of_numbers_that_were_never_measured_none_is_the_best() -> None:
    history = History([{"val_loss": math.nan}] * 2)
    with pytest.raises(DataError, match="no epoch is the best: val_loss was nan in all 2"):
        history.best()
    assert "lowest" not in str(history)


def test_a_users_metric_says_which_way_is_better() -> None:
    @registry.metrics.register("gain")
    @frozen
    class Gain(Metric[float]):
        better = "max"

        def start(self) -> float:
            return 0.0

        def update(self, state: float, prediction: Any, target: object, weight: Any) -> float:
            return state - float(np.abs(prediction - target).mean())

        def value(self, state: float) -> float:
            return state

    try:
        history = line().fit(X, X[:, :1], metrics=["gain"], epochs=4, progress=False)
        assert history.best("gain") == 1 + int(np.argmax(history["gain"]))
    finally:
        registry.metrics.unregister("gain")


def rates(numbers: list[float], name: str, schedule: Any) -> list[float]:
    return fit(numbers, name, optimizer=SGD(schedule))["learning_rate"]


@pytest.mark.parametrize("wrap", [lambda plateau: plateau, lambda plateau: WarmUp(plateau, 1)])
def test_a_plateau_follows_the_metric_that_it_monitors(wrap: Any) -> None:
    y = (X[:, 0] > 0).astype(int)
    plateau = OnPlateau(0.5, factor=0.5, patience=0, monitor="val_accuracy")
    history = classifier().fit(
        X,
        y,
        optimizer=SGD(wrap(plateau)),
        epochs=12,
        batch_size=60,
        metrics=["accuracy"],
        validation_data=(X, y),
        progress=False,
    )
    seen = tuple(-value for value in history["val_accuracy"])
    expected = [plateau(Progress(epoch=epoch, monitored=seen[:epoch])) for epoch in range(12)]
    assert history["learning_rate"][1:] == expected[1:]
    assert len(set(history["val_accuracy"])) > 2


def test_a_plateau_of_a_number_that_nobody_measures_is_told() -> None:
    with pytest.raises(ConfigurationError, match="there is no 'val_accuracy'"):
        fit([1.0], "score", optimizer=SGD(OnPlateau(0.1, monitor="val_accuracy")))
