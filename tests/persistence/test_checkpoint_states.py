"""What a checkpoint remembers is held against the model before training goes on with it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnframe import Model
from nnframe.callbacks import EMA, Checkpoint, CSVLogger, EarlyStopping, GradientMonitor, Timer
from nnframe.errors import FileFormatError, NNFrameWarning
from nnframe.interfaces import Callback
from nnframe.layers import Dense
from nnframe.persistence.archive import Archive, read_archive, write_archive

X, Y = np.random.default_rng(0).normal(size=(12, 4)), np.random.default_rng(1).normal(size=(12, 2))

Arrays = dict[str, NDArray[Any]]


def make() -> Model:
    return Model([Dense(3), "tanh", Dense(2)], loss="mse", input_shape=(4,))


def fit(model: Model, path: Path, *, epochs: int, resume: Path | None = None) -> None:
    callbacks: list[Callback[Any]] = [
        EMA(0.5),
        EarlyStopping("loss", patience=9, restore_best=True),
        CSVLogger(path.with_suffix(".csv")),
    ]
    model.fit(
        X,
        Y,
        epochs=epochs,
        optimizer="adam",
        metrics=["mae", "r2"],
        callbacks=[*callbacks, Checkpoint(path)],
        progress=False,
        resume=resume,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fit(make(), tmp_path / "run.safetensors", epochs=2)
    return tmp_path / "run.safetensors"


def change(path: Path, edit: Callable[[Arrays, dict[str, Any]], object]) -> None:
    """Change the arrays, or what the file says of its training, and give it the digest that it should have then."""
    archive = read_archive(path)
    metadata = {key: value for key, value in archive.metadata.items() if key != "digest"}
    training, arrays = json.loads(metadata["training"]), dict(archive.arrays)
    edit(arrays, training)
    write_archive(path, Archive({**metadata, "training": json.dumps(training)}, arrays))


def names(path: Path) -> list[str]:
    return [name for name in read_archive(path).arrays if name.startswith("training/")]


WRONG: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "another shape": lambda array: np.zeros((7, *array.shape)),
    "one row less": lambda array: array[:-1],
    "another dtype": lambda array: array.astype(np.float32 if array.dtype == np.float64 else np.float64),
    "NaN": lambda array: np.full_like(array, np.nan),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("of", ["slots/", "callbacks/0/values/", "callbacks/1/values/"])
def test_an_array_that_does_not_fit_its_parameter_is_refused(of: str, kind: str, path: Path) -> None:
    chosen = [name for name in names(path) if of in name]
    assert len(chosen) >= 4
    for name in chosen:
        before = path.read_bytes()
        change(path, lambda arrays, training, name=name: arrays.update({name: WRONG[kind](arrays[name])}))  # type: ignore[misc]
        model = make()
        values = model.to_vector()
        with pytest.raises(FileFormatError):
            fit(model, path, epochs=3, resume=path)
        assert model.to_vector().tobytes() == values.tobytes(), "it was changed before it was refused"
        path.write_bytes(before)


def test_a_table_by_path_that_names_no_parameter_is_refused(path: Path) -> None:
    def rename(arrays: Arrays, training: dict[str, Any]) -> None:
        table = training["callbacks"][0]["state"]["fields"]["values"]["table"]
        table["9.weight"] = table.pop("0.weight")

    change(path, rename)
    with pytest.raises(FileFormatError, match=r"has not the keys 0\.weight"):
        fit(make(), path, epochs=3, resume=path)


def test_a_number_that_cannot_be_is_refused(path: Path) -> None:
    def move(arrays: Arrays, training: dict[str, Any]) -> None:
        training["callbacks"][2]["state"]["fields"]["end"] = -5

    change(path, move)
    with pytest.raises(FileFormatError, match="end must be a whole number from 0"):
        fit(make(), path, epochs=3, resume=path)


def test_a_diverged_run_goes_on_as_it_was(tmp_path: Path) -> None:
    """NaN is refused only where the parameter has none."""
    path = tmp_path / "run.safetensors"
    model = make()
    model.parameters["0.weight"].value[...] = np.nan
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", NNFrameWarning)  # of the loss
        fit(model, path, epochs=2)
        fit(make(), path, epochs=3, resume=path)


def test_a_metrics_state_that_does_not_fit_is_the_checkpoints_fault(tmp_path: Path) -> None:
    """Only the metric knows what its state must be: here a matrix of other classes than the data have."""
    path = tmp_path / "run.safetensors"
    model, labels = Model([Dense(2), "softmax"], loss="cross_entropy", input_shape=(4,)), np.arange(12) % 2
    options: dict[str, Any] = {"metrics": ["confusion_matrix"], "batch_size": 4, "progress": False}
    model.fit(X, labels, callbacks=[Checkpoint(path, unit="step", every=2)], **options)
    name = next(name for name in names(path) if name.startswith("training/measures/2"))
    change(path, lambda arrays, training: arrays.update({name: np.zeros((3, 5))}))
    with pytest.raises(FileFormatError, match="what it remembers of confusion_matrix cannot be gone on from"):
        Model.load(path).fit(X, labels, callbacks=[Checkpoint(path, unit="step", every=2)], resume=path, **options)


def test_a_metrics_or_a_callbacks_state_of_another_form_is_refused_before_the_model_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"

    def run(model: Model, epochs: int, resume: Path | None = None) -> None:
        watchers: list[Callback[Any]] = [
            EarlyStopping("loss", patience=9, restore_best=True),
            EMA(0.5),
            GradientMonitor(every=1, table=False),
            Timer(),
            CSVLogger(tmp_path / "run.csv"),
        ]
        callbacks = [*watchers, Checkpoint(path)]
        model.fit(X, Y, epochs=epochs, optimizer="adam", callbacks=callbacks, progress=False, resume=resume)

    run(make(), 2)
    whole, table = path.read_bytes(), (tmp_path / "run.csv").read_bytes()

    def edits(states: dict[str, dict[str, Any]]) -> dict[str, Callable[[], object]]:
        best, averages, watched, times, written = (
            states[name] for name in ("EarlyStopping", "EMA", "GradientMonitor", "Timer", "CSVLogger")
        )
        layers = watched["layers"]["table"]
        return {
            "values are a text": lambda: best.update(values="abc"),
            "values of other paths": lambda: best.update(values={"table": {"zzz": 1.0}}),
            "values of half of the paths": lambda: best["values"]["table"].pop("0.bias"),
            "best is nan": lambda: best.update(value={"number": "nan"}),
            "best epoch is to come": lambda: best.update(epoch=10**9),
            "best epoch is negative": lambda: best.update(epoch=-5),
            "an average is missing": lambda: averages["values"]["table"].pop("0.bias"),
            "no averages": lambda: averages.update(values={"table": {}}),
            "kept is a text": lambda: averages.update(kept="x"),
            "a layer is missing": lambda: layers.pop("0"),
            "layers are a number": lambda: watched.update(layers={"number": "nan"}),
            "a layer without size": lambda: layers["0"]["fields"].update(size=0),
            "a negative count": lambda: layers["0"]["fields"].update(count=-3),
            "squares are texts": lambda: watched.update(squares=["x"]),
            "dead units of nothing": lambda: watched.update(dead={"table": {"zzz": [0, 1]}}),
            "seconds are texts": lambda: times.update(epochs=["x"]),
            "a column is a list": lambda: written.update(columns=[["x"]]),
            "columns in another order": written["columns"].reverse,
            "an end within a line": lambda: written.update(end=7),
        }

    def states(training: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {
            each["part"].partition("(")[0]: each["state"]["fields"] for each in training["callbacks"] if each["state"]
        }

    taken = []
    for name in edits(states(json.loads(read_archive(path).metadata["training"]))):
        path.write_bytes(whole)
        (tmp_path / "run.csv").write_bytes(table)
        change(path, lambda arrays, training, name=name: edits(states(training))[name]())  # type: ignore[misc]
        model = make()
        before = model.to_vector().tobytes()
        try:
            run(model, 3, resume=path)
        except FileFormatError:
            assert model.to_vector().tobytes() == before, name
        else:
            taken.append(name)
    assert taken == []
