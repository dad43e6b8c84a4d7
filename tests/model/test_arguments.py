"""An argument of a wrong type or value is refused by nnframe's own errors, on one line, whatever it is."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.callbacks import Checkpoint, CSVLogger
from nnframe.datasets import load_csv, load_npz
from nnframe.errors import ConfigurationError, DataError, NNFrameError, SaveError
from nnframe.experiment import read_plan
from nnframe.layers import Dense
from nnframe.training import History

X = np.random.default_rng(0).normal(size=(6, 3))
Y = X[:, :1].copy()
METHODS = ("fit", "train_step", "evaluate", "predict", "losses", "verify", "loss_and_gradients")
ARGUMENTS = [(name, each) for name in METHODS for each in list(inspect.signature(getattr(Model, name)).parameters)[1:]]

WRONG: list[Any] = [
    None,
    "x",
    "",
    b"x",
    2.5,
    -1,
    float("nan"),
    float("inf"),
    1 + 2j,
    [],
    ["x"],
    [None],
    [[1], [2, 3]],
    {},
    {"name": "x"},
    {"name": 2},
    set(),
    object(),
    int,
    lambda: 3,
    range(3),
    np.array([1, 2]),
    np.zeros((3, 3)),
    np.ma.array([1.0], mask=True),
]


def find_refusal(call: Callable[..., object], **arguments: object) -> str:
    """Return what an error of nnframe's says of a call; empty where the call succeeds."""
    try:
        call(**arguments)
    except NNFrameError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("method", "argument"), ARGUMENTS, ids=lambda value: value)
def test_no_wrong_argument_ends_in_an_error_of_another_family(method: str, argument: str) -> None:
    for value in WRONG:
        model = Model([Dense(1)], loss="mse", input_shape=(3,))
        model.train_step(X, Y)
        arguments: dict[str, Any] = {"x": X} if method == "predict" else {"x": X, "y": Y}
        arguments |= {"progress": False} if method == "fit" else {}
        message = find_refusal(getattr(model, method), **arguments | {argument: value})
        assert "\n" not in message
        assert len(message) < 300


@pytest.mark.parametrize(
    ("method", "argument", "value", "message"),
    [
        ("fit", "epochs", "3", "epochs must be a whole number from 1, and is '3'"),
        ("fit", "batch_size", 2.5, "batch_size must be a whole number from 1, and is 2.5"),
        ("fit", "micro_batch_size", True, "micro_batch_size must be a whole number from 1, and is True"),
        ("fit", "validation_split", "0.1", "validation_split must lie between 0 and 1, and is '0.1'"),
        ("fit", "validation_split", float("nan"), "validation_split must lie between 0 and 1, and is nan"),
        ("fit", "callbacks", None, "callbacks must be a list, got None"),
        ("fit", "metrics", 3, "metrics must be a list, got 3"),
        ("fit", "shuffle", "no", "shuffle must be True or False, and is 'no'"),
        ("fit", "progress", None, "progress must be True or False, and is None"),
        ("fit", "verify", [], r"verify must be True or False, and is \[\]"),
        ("predict", "batch_size", 2.5, "batch_size must be a whole number from 1, and is 2.5"),
        ("losses", "batch_size", -1, "batch_size must be a whole number from 1, and is -1"),
        ("evaluate", "batch_size", None, "batch_size must be a whole number from 1, and is None"),
        ("verify", "examples", -1, "examples must be a whole number from 1, and is -1"),
        ("verify", "details", 3, "details must be True, False, or indices by path, and is 3"),
        ("loss_and_gradients", "training", "yes", "training must be True or False, and is 'yes'"),
    ],
)
def test_the_argument_is_named_with_what_it_must_be(method: str, argument: str, value: object, message: str) -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(3,))
    arguments: dict[str, Any] = {"x": X} if method == "predict" else {"x": X, "y": Y}
    with pytest.raises(ConfigurationError, match=message):
        getattr(model, method)(**arguments | {argument: value})


def test_numbers_of_numpy_are_numbers() -> None:
    plain = Model([Dense(1)], loss="mse", input_shape=(3,))
    plain.fit(X, Y, epochs=2, batch_size=4, validation_split=0.5, shuffle=False, progress=False)
    other = Model([Dense(1)], loss="mse", input_shape=(3,))
    options: dict[str, Any] = {"epochs": np.int64(2), "batch_size": np.uint8(4), "validation_split": np.float32(0.5)}
    other.fit(X, Y, **options, shuffle=np.False_, progress=np.False_)
    np.testing.assert_array_equal(other.to_vector(), plain.to_vector())


@pytest.mark.parametrize("nothing", [[], lambda: iter([])], ids=["list", "function"])
def test_data_without_batches_have_no_loss(nothing: object) -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(3,))
    for call in (model.evaluate, model.losses):
        with pytest.raises(DataError, match="there are no batches"):
            call(nothing)
    with pytest.raises(DataError, match="there are no batches"):
        model.fit(X, Y, validation_data=nothing, progress=False)


def model_file(path: Any) -> Any:
    return Model([Dense(1)], loss="mse", input_shape=(3,)).save(path)


PATHS = {
    "save": model_file,
    "load": Model.load,
    "resume": lambda path: Model([Dense(1)], loss="mse", input_shape=(3,)).fit(X, Y, resume=path, progress=False),
    "load_npz": load_npz,
    "load_csv": lambda path: load_csv(path, target="y"),
    "Checkpoint": Checkpoint,
    "CSVLogger": CSVLogger,
    "to_csv": History([{"loss": 1.0}]).to_csv,
    "from_csv": History.from_csv,
    "read_plan": read_plan,
}


@pytest.mark.parametrize("use", PATHS)
@pytest.mark.parametrize("path", [b"file", 3, 2.5, [], object(), "a\0b", "\ud800"], ids=lambda path: ascii(path)[:9])
def test_what_is_no_path_is_refused(use: str, path: object) -> None:
    with pytest.raises(NNFrameError, match=r"cannot be (read|written|used): a path is text or os\.PathLike") as caught:
        PATHS[use](path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("use", sorted(set(PATHS) - {"resume", "to_csv"}))
def test_none_is_no_path(use: str) -> None:
    with pytest.raises(NNFrameError, match="None cannot be"):
        PATHS[use](None)


def test_a_history_that_cannot_be_written_says_so(tmp_path: Any) -> None:
    with pytest.raises(SaveError, match="cannot be written: No such file"):
        History([{"loss": 1.0}]).to_csv(tmp_path / "absent" / "history.csv")
    with pytest.raises(NNFrameError, match="cannot be read: No such file"):
        History.from_csv(tmp_path / "absent.csv")
