"""When a checkpoint is written, and where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnframe import Model, registry
from nnframe.callbacks import Checkpoint
from nnframe.errors import ConfigurationError, SaveError
from nnframe.layers import Dense
from nnframe.training import History

X, Y = np.random.default_rng(0).normal(size=(20, 3)), np.zeros((20, 1))


def make() -> Model:
    return Model([Dense(1)], loss="mse", input_shape=(3,))


def fit(*callbacks: Checkpoint, epochs: int = 4, **options: object) -> History:
    settings: dict[str, object] = {"optimizer": "sgd", "batch_size": 5, "progress": False, **options}
    return make().fit(X, Y, epochs=epochs, callbacks=callbacks, **settings)  # type: ignore[arg-type]


def names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.iterdir())


def test_it_is_registered() -> None:
    assert registry.callbacks.create("checkpoint", path="x") == Checkpoint("x")


@pytest.mark.parametrize(("every", "written"), [(1, ["1", "2", "3", "4", "5"]), (2, ["2", "4", "5"]), (9, ["5"])])
def test_it_writes_every_so_many_epochs_and_the_last(every: int, written: list[str], tmp_path: Path) -> None:
    fit(Checkpoint(f"{tmp_path}/{{epoch}}.safetensors", every=every), epochs=5)
    assert names(tmp_path) == written


def test_it_writes_every_so_many_steps(tmp_path: Path) -> None:
    fit(Checkpoint(f"{tmp_path}/{{epoch}}-{{step}}.safetensors", every=2, unit="step"), epochs=2)
    assert names(tmp_path) == ["0-2", "0-4", "1-2", "1-4"]


@pytest.mark.parametrize(("mode", "written"), [("min", 4), ("max", 1)])
def test_with_a_monitor_it_writes_only_what_is_better(mode: str, written: int, tmp_path: Path) -> None:
    best = Checkpoint(f"{tmp_path}/{{epoch}}.safetensors", monitor="loss", mode=mode)  # type: ignore[arg-type]
    losses = fit(best, optimizer={"name": "sgd", "learning_rate": 0.1})["loss"]
    assert losses == sorted(losses, reverse=True)
    assert len(names(tmp_path)) == written


def test_a_resumed_monitor_knows_the_best_value(tmp_path: Path) -> None:
    path = f"{tmp_path}/best.safetensors"
    best = Checkpoint(path, monitor="loss", mode="max")
    fit(best, epochs=2)
    before = Path(path).read_bytes()
    fit(best, epochs=4, resume=path)
    assert Path(path).read_bytes() == before, "a falling loss is never a new highest one"


def test_a_checkpoint_is_a_model(tmp_path: Path) -> None:
    model = make()
    path = tmp_path / "run.safetensors"
    model.fit(X, Y, epochs=3, optimizer="adam", callbacks=[Checkpoint(str(path))], progress=False)
    assert Model.load(path).predict(X).tobytes() == model.predict(X).tobytes()


def test_a_run_that_is_over_is_resumed_to_nothing_more(tmp_path: Path) -> None:
    path = f"{tmp_path}/run.safetensors"
    whole = fit(Checkpoint(path), epochs=3)
    assert fit(epochs=3, resume=path).epochs == whole.epochs


@pytest.mark.parametrize(
    "options",
    [{"every": 0}, {"unit": "hour"}, {"mode": "best"}, {"unit": "step", "monitor": "loss"}],
    ids=lambda options: next(iter(options)),
)
def test_options_that_it_cannot_have_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        Checkpoint("x", **options)  # type: ignore[arg-type]


def test_a_monitor_that_nobody_measures_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no 'val_loss', only loss, learning_rate"):
        fit(Checkpoint(f"{tmp_path}/x", monitor="val_loss"))


def test_a_checkpoint_that_cannot_be_written_stops_the_run_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="the folder does not exist"):
        fit(Checkpoint(f"{tmp_path}/nowhere/x"))
