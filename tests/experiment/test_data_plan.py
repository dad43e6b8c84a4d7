"""The data of an experiment: a CSV file of one's own, and what is refused of the table [data]."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from nnframe.errors import DataError, NNFrameError, SpecError
from nnframe.experiment import read_plan, run_plan
from nnframe.experiment.data import load_division
from nnframe.experiment.plan import DataPlan
from nnframe.experiment.target import Request, verify_target

PLAN = """
[data]
source = "own.csv"
target = "kind"
[model]
layers = [{ name = "dense", units = 2 }]
loss = { name = "cross_entropy", from_logits = true }
input_shape = [2]
[verification]
[training]
epochs = 30
optimizer = { name = "adam", learning_rate = 0.1 }
[evaluation]
metrics = ["accuracy"]
minimum = { accuracy = 0.9 }
"""


def write_table(folder: Path) -> None:
    rng = np.random.default_rng(0)
    rows = [f"{x:.4f},{'small' if x < 0 else 'large'},{y:.4f}" for x, y in rng.normal(size=(80, 2)).tolist()]
    (folder / "own.csv").write_text("\n".join(["size,kind,width", *rows]), encoding="utf-8")


def join(division: Any) -> tuple[np.ndarray, np.ndarray]:
    return np.concatenate([division.x, division.x_test]), np.concatenate([division.y, division.y_test])


def test_an_experiment_runs_on_a_table_with_classes_as_texts(tmp_path: Path) -> None:
    write_table(tmp_path)
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    plan = read_plan(tmp_path / "plan.toml")
    outcome = run_plan(plan, folder=tmp_path, console=Console(quiet=True), progress=False)
    assert outcome.report is not None
    assert outcome.report.passed
    assert outcome.missed == ()
    assert verify_target(Request(str(tmp_path / "plan.toml"))).passed


def test_texts_are_numbered_in_sorted_order_and_the_other_columns_are_inputs(tmp_path: Path) -> None:
    write_table(tmp_path)
    x, y = join(load_division(DataPlan("own.csv", target="kind"), tmp_path))
    assert x.shape == (80, 2)
    np.testing.assert_array_equal(y, (x[:, 0] < 0).astype(int))  # "large" before "small"


def test_several_targets_are_numbers(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("a,b,c\n1,2,3\n4,5,6\n7,8,9\n10,11,12\n", encoding="utf-8")
    x, y = join(load_division(DataPlan("own.csv", target=["c", "a"], test_fraction=0.5), tmp_path))
    np.testing.assert_array_equal(y, np.column_stack([x[:, 0] + 1, x[:, 0] - 1]))


@pytest.mark.parametrize(
    ("plan", "error", "message"),
    [
        ({"source": "own.csv"}, SpecError, "data: a .csv file needs the key 'target'"),
        ({"source": "own.csv", "target": []}, SpecError, "needs the key 'target'"),
        ({"source": "own.csv", "target": ["kind", 3]}, SpecError, "needs the key 'target'"),
        ({"source": "own.csv", "target": "kin"}, DataError, "no column 'kin': did you mean 'kind'"),
        ({"source": "own.csv", "target": ["kind", "size"]}, DataError, "line 2, column 'kind': .* is no number"),
        (
            {"source": "own.npz", "target": "y"},
            SpecError,
            "target names a column of a .csv file, and source is 'own.npz'",
        ),
        ({"source": "iris", "target": "y"}, SpecError, "target names a column of a .csv file"),
        ({"source": "own.txt"}, SpecError, "or a .npz or .csv file; got 'own.txt'"),
        ({"source": "a\0.csv", "target": "y"}, DataError, "a path is text"),
        ({"source": "pipe.csv", "target": "y"}, DataError, "it is a pipe"),
        ({"source": "own.csv", "target": "kind", "seed": -1}, SpecError, "seed must be a whole number from 0"),
        ({"source": "own.csv", "target": "kind", "seed": 10**5000}, SpecError, "seed must be a whole number from 0"),
        ({"source": "own.csv", "target": "kind", "test_fraction": float("nan")}, SpecError, "test_fraction must lie"),
    ],
    ids=lambda value: None,
)
def test_a_bad_table_of_data_is_refused(
    tmp_path: Path, plan: dict[str, Any], error: type[NNFrameError], message: str
) -> None:
    write_table(tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(error, match=message) as caught:
        load_division(DataPlan(**plan), tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAN.replace('"kind"', "3"), "data: target must be str or a list, and is int"),
        (PLAN.replace('"kind"', "9" * 5000), "is no TOML file"),
        ("a = " + "[" * 20_000, "is no TOML file"),
    ],
    ids=["number", "endless number", "deep nesting"],
)
def test_a_plan_that_cannot_be_read_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=message):
        read_plan(tmp_path / "plan.toml")


def test_a_plan_is_no_pipe_and_no_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plan.toml")
    with pytest.raises(SpecError, match="it is a pipe, and no regular file"):
        read_plan(tmp_path / "plan.toml")
    with pytest.raises(SpecError, match="it is a folder"):
        read_plan(tmp_path)


def test_examples_that_are_no_archive_are_refused_by_verify(tmp_path: Path) -> None:
    write_table(tmp_path)
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    with pytest.raises(DataError, match=r"own\.csv cannot be read: File is not a zip file"):
        verify_target(Request(str(tmp_path / "plan.toml"), data=str(tmp_path / "own.csv")))
