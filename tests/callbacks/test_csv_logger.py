"""A file with a row an epoch, whatever happens to the run."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.callbacks import Checkpoint, CSVLogger, Lambda
from nnframe.errors import SaveError
from nnframe.interfaces import Moment
from nnframe.layers import Dense
from nnframe.training import History

X, Y = np.random.default_rng(0).normal(size=(20, 3)), np.zeros((20, 1))


def fit(path: Path, *others: object, epochs: int = 4, resume: Path | None = None, append: bool = False) -> History:
    model = Model([Dense(1)], loss="mse", input_shape=(3,))
    callbacks = [CSVLogger(str(path), append=append), *others]
    return model.fit(
        X, Y, epochs=epochs, batch_size=5, callbacks=callbacks, metrics=["mae"], progress=False, resume=resume  # type: ignore[arg-type]
    )  # fmt: skip


def column(path: Path, name: str) -> list[str]:
    return [row[name] for row in csv.DictReader(StringIO(path.read_text(), newline=""))]


def epochs_in(path: Path) -> list[str]:
    return column(path, "epoch")


def test_it_reads_back_as_the_history(tmp_path: Path) -> None:
    history = fit(tmp_path / "a.csv")
    assert History.from_csv(tmp_path / "a.csv").epochs == history.epochs
    assert (tmp_path / "a.csv").read_text() == history.to_csv()


def test_a_new_run_replaces_the_file_or_goes_on_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    fit(path, epochs=3)
    fit(path, epochs=2)
    assert epochs_in(path) == ["1", "2"]
    fit(path, epochs=2, append=True)
    assert epochs_in(path) == ["1", "2", "1", "2"]


def interrupt(moment: Moment) -> None:
    if moment.epoch == 2 and moment.step == 3:
        signal.raise_signal(signal.SIGINT)


def test_an_interrupted_run_leaves_whole_rows(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path / "a.csv", Lambda(on_after_step=interrupt))
    assert epochs_in(tmp_path / "a.csv") == ["1", "2"]


@pytest.mark.parametrize("unit", ["epoch", "step"])
@pytest.mark.parametrize("first", [True, False], ids=["logger first", "checkpoint first"])
@pytest.mark.parametrize("append", [True, False])
def test_a_resumed_run_repeats_no_row_and_loses_none(unit: str, first: bool, append: bool, tmp_path: Path) -> None:
    """The checkpoint is older than the file, which has rows of epochs that are done again, and half of one."""
    path, whole, saved = tmp_path / "a.csv", tmp_path / "whole.csv", tmp_path / "run.safetensors"
    if append:
        for each in (path, whole):
            fit(each, epochs=2)
    model = Model([Dense(1)], loss="mse", input_shape=(3,))
    written = Checkpoint(str(saved), every=3 if unit == "step" else 1, unit=unit)  # type: ignore[arg-type]

    def copy(moment: Moment) -> None:
        if moment.epoch == 2 and saved.exists():
            (tmp_path / "old.safetensors").write_bytes(saved.read_bytes())

    logger = CSVLogger(str(path), append=append)
    callbacks: list[Any] = [logger, written] if first else [written, logger]
    options = {"batch_size": 5, "metrics": ["mae"], "progress": False}
    model.fit(X, Y, epochs=4, callbacks=[*callbacks, Lambda(on_after_step=copy)], **options)  # type: ignore[arg-type]
    with path.open("a") as file:
        file.write("5,0.12")  # the process died here
    again = Model([Dense(1)], loss="mse", input_shape=(3,))
    again.fit(X, Y, epochs=6, callbacks=callbacks, resume=tmp_path / "old.safetensors", **options)  # type: ignore[arg-type]
    fit(whole, epochs=6, append=append)
    assert path.read_text() == whole.read_text()


def test_a_number_that_comes_later_gets_a_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"

    def add(moment: Moment) -> None:
        if moment.epoch == 2:
            moment.logs['late, "or" not'] = 7.0

    model = Model([Dense(1)], loss="mse", input_shape=(3,))
    added = Lambda(on_after_epoch=add)
    history = model.fit(X, Y, epochs=3, callbacks=[added, CSVLogger(str(path))], progress=False)
    assert History.from_csv(path).epochs == history.epochs
    assert column(path, 'late, "or" not') == ["", "7.0", ""]


def test_a_file_that_goes_missing_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    fit(path, Lambda(on_before_epoch=lambda moment: path.unlink() if moment.epoch == 2 else None))
    assert epochs_in(path) == ["3", "4"]


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="nowhere"):
        fit(tmp_path / "nowhere" / "a.csv")


KILLED = """
import os, sys
from tests.callbacks.test_csv_logger import *
def die(moment):
    if moment.epoch == 3:
        os.kill(os.getpid(), signal.SIGKILL)
fit(Path(sys.argv[1]), Lambda(on_after_step=die))
"""


def test_a_killed_run_leaves_whole_rows(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    path = tmp_path / "a.csv"
    command = [sys.executable, "-c", KILLED, str(path)]
    assert subprocess.run(command, env=environment, check=False).returncode == -signal.SIGKILL
    assert epochs_in(path) == ["1", "2", "3"]
