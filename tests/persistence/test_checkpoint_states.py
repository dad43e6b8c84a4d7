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
from nnframe.callbacks import EMA, Checkpoint, CSVLogger, EarlyStopping
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
    with pytest.raises(FileFormatError, match=r"9\.weight stands among the values of parameters, and is none"):
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
