"""A bad experiment file is refused before anything is run, and the key is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from nnframe.errors import DataError, SpecError
from nnframe.experiment import read_plan, run_plan
from nnframe.experiment.data import load_division
from nnframe.experiment.plan import DataPlan

GOOD = """
[data]
source = "points.npz"
[model]
layers = [{ name = "dense", units = 2 }]
loss = { name = "cross_entropy", from_logits = true }
input_shape = [2]
[training]
epochs = 30
optimizer = { name = "adam", learning_rate = 0.1 }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("epochs = 30", ""), "training: the key 'epochs' is missing"),
        (("epochs = 30", "epochs = 'many'"), "training: epochs must be int, and is str"),
        (("epochs = 30", "epochs = true"), "epochs must be int, and is bool"),
        (("epochs = 30", "epoch = 30"), "unknown key 'epoch': did you mean 'epochs'"),
        (("[training]", "[trainig]"), "unknown key 'trainig': did you mean 'training'"),
        (('[data]\nsource = "points.npz"', ""), "the key 'data' is missing"),
        (("[data]", "[data"), "is no TOML file"),
    ],
)
def test_a_bad_file_is_refused_with_the_key(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        read_plan(write(tmp_path, GOOD.replace(*change)))


def test_a_file_that_is_not_there_is_said_to_be_not_there(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="cannot be read: No such file"):
        read_plan(tmp_path / "nothing.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SpecError, match="is no TOML file"):
        read_plan(path)


def test_an_archive_without_x_and_y_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "points.npz", a=np.ones(3))
    with pytest.raises(DataError, match="two arrays, x and y"):
        load_division(DataPlan("points.npz"), tmp_path)


def test_an_archive_that_holds_objects_is_not_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "points.npz", x=np.array([{}], dtype=object), y=np.ones(1))
    with pytest.raises(DataError, match="cannot be read"):
        load_division(DataPlan("points.npz"), tmp_path)


def test_an_experiment_says_what_it_missed(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "points.npz", x=rng.normal(size=(50, 2)), y=rng.integers(0, 2, 50))
    plan = read_plan(write(tmp_path, GOOD + "[evaluation]\nmetrics = ['accuracy']\nminimum = { accuracy = 1.01 }"))
    outcome = run_plan(plan, folder=tmp_path, console=Console(quiet=True), progress=False)
    assert outcome.missed == (f"accuracy was to be at least 1.01, and is {outcome.scores['accuracy']:.4f}",)
