"""Copies of a model: pickle and deepcopy."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.interfaces import AnyLayer
from nnframe.layers import BatchNorm, Dense, Dropout

X = np.random.default_rng(7).normal(size=(12, 3))


def trained() -> Model:
    layers: list[AnyLayer | str] = [Dense(4), BatchNorm(), "tanh", Dropout(0.3), Dense(1)]
    model = Model(
        layers,
        loss="mse",
        input_shape=(3,),
        regularizers={"*.weight": {"name": "l2", "strength": 0.1}},
        constraints={"4.weight": "unit_norm"},
        trainable={"0.bias": False},
        dtype="float32",
    )
    model.fit(X, X[:, :1], batch_size=4, epochs=2, progress=False)
    return model


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["copy", "pickle"]
)
def test_a_copy_goes_on_as_the_original_and_leaves_it_alone(copied: Callable[[Any], Any]) -> None:
    model = trained()
    other: Model = copied(model)
    assert other.spec() == model.spec()
    before = {path: each.value.copy() for path, each in model.parameters.items()}
    other.fit(X, X[:, :1], batch_size=4, epochs=2, progress=False)
    for path, each in model.parameters.items():
        np.testing.assert_array_equal(each.value, before[path])
    model.fit(X, X[:, :1], batch_size=4, epochs=2, progress=False)
    for path, each in model.parameters.items():
        np.testing.assert_array_equal(other.parameters[path].value, each.value, err_msg=path)


def test_a_model_that_is_no_longer_finite_is_copied_as_it_is() -> None:
    model = trained()
    model.parameters["0.weight"].value[0, 0] = np.nan
    assert np.isnan(copy.deepcopy(model).parameters["0.weight"].value[0, 0])
