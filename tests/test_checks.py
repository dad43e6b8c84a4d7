"""Options may be numbers of NumPy's, and become Python's."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import ConfigurationError
from nnframe.layers import Conv2D, Dense, Dropout, Permute, Reshape, ZeroPadding2D
from nnframe.optimizers import SGD
from nnframe.schedules import MultiStep


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (Dense(np.int64(3)), Dense(3)),
        (Conv2D(np.int32(4), (np.int64(3), 3), padding=np.int64(1)), Conv2D(4, (3, 3), padding=1)),
        (Reshape((np.int64(-1), 2)), Reshape((-1, 2))),
        (Permute((np.int8(2), np.int8(1))), Permute((2, 1))),
        (ZeroPadding2D((np.int64(1), np.int64(2))), ZeroPadding2D((1, 2))),
        (Dropout(np.float32(0.5)), Dropout(0.5)),
        (SGD(np.float64(0.25), momentum=np.float32(0.5)), SGD(0.25, momentum=0.5)),
        (MultiStep(1.0, [np.int64(3), 5]), MultiStep(1.0, [3, 5])),
    ],
    ids=repr,
)
def test_numbers_of_numpy_become_pythons(given: object, plain: object) -> None:
    assert given == plain
    assert repr(given) == repr(plain)


@pytest.mark.parametrize("wrong", [True, np.True_, 1.0, np.float32(1), "1", np.int64(0), None, 1j, np.ones(1)])
def test_what_is_no_whole_number_from_one_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="units must be a whole number from 1"):
        Dense(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [True, np.True_, np.nan, -np.inf, "0", None, 1j])
def test_what_is_no_number_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="momentum must be in"):
        SGD(0.1, momentum=wrong)  # type: ignore[arg-type]


def test_fit_takes_numbers_of_numpy_and_the_model_can_be_saved(tmp_path: Path) -> None:
    model = Model([Dense(np.int64(1))], loss="mse", input_shape=(np.int64(2),), seed=np.int64(1))
    model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=np.int64(2), batch_size=np.int64(2), progress=False)
    model.save(tmp_path / "model.nnf")
    assert Model.load(tmp_path / "model.nnf").spec() == model.spec()


@pytest.mark.parametrize("wrong", [None, -1, 1.5, "1", True])
def test_a_seed_is_a_whole_number(wrong: object) -> None:
    with pytest.raises(ConfigurationError, match="seed must be a whole number from 0, and is"):
        Model([Dense(1)], input_shape=(2,), seed=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [np.timedelta64(3), Fraction(10**400)])
def test_what_no_python_number_equals_is_no_option(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="must be a whole number from 1"):
        Dense(value)


@pytest.mark.parametrize("layer", [{"name": "dense", "units": 2, "use_bias": np.False_}, Dense(2, use_bias=np.False_)])
def test_truth_values_of_numpy_are_saved_and_loaded(layer: Any, tmp_path: Path) -> None:
    Model([layer], input_shape=(3,)).save(tmp_path / "model")
    assert list(Model.load(tmp_path / "model").parameters) == ["0.weight"]


def test_numpys_true_freezes_nothing_and_its_false_does(tmp_path: Path) -> None:
    trainable: Any = {"0.bias": np.False_, "0.weight": np.True_}
    Model([Dense(2)], input_shape=(3,), trainable=trainable).save(tmp_path / "model")
    loaded = Model.load(tmp_path / "model")
    assert {path: each.trainable for path, each in loaded.parameters.items()} == {"0.weight": True, "0.bias": False}


@pytest.mark.parametrize("value", ["no", 1, None, np.array(True)])
def test_only_true_and_false_say_what_is_trained(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"trainable\['0\.bias'\] must be True or False"):
        Model([Dense(2)], input_shape=(3,), trainable={"0.bias": value})


def test_what_is_trained_must_be_a_mapping() -> None:
    rules: Any = ["0.bias"]
    with pytest.raises(ConfigurationError, match="trainable must be a mapping of path patterns"):
        Model([Dense(2)], input_shape=(3,), trainable=rules)
