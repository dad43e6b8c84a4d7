"""A loss that overflows is told once, with the first layer that grew."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import NNFrameWarning
from nnframe.layers import Dense
from nnframe.optimizers import SGD
from tests.samples.runs import X


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_loss_that_overflows_warns_once_of_the_first_layer_that_grew(dtype: str) -> None:
    model = Model([Dense(4), Dense(1)], loss="mse", input_shape=(3,), dtype=dtype, trainable={"0.*": False})
    with np.errstate(all="ignore"), pytest.warns(NNFrameWarning) as told:
        model.fit(X, X[:, :1], optimizer=SGD(20.0), epochs=200, batch_size=60, progress=False)
    assert len(told) == 1
    assert "the first layer that grew is 1, Dense(1), whose parameters are" in str(told[0].message)
    assert told[0].filename == __file__


def test_an_activation_that_overflows_is_named() -> None:
    model = Model([Dense(1, weight_initializer="ones"), "exponential"], loss="mse", input_shape=(1,))
    with np.errstate(all="ignore"), pytest.warns(NNFrameWarning, match="grew is 1, Activation.*whose output is inf"):
        model.fit([[1000.0]], [[0.0]], progress=False)


def test_a_large_loss_that_does_not_grow_is_none_of_that() -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(1,))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit([[1e80]], [[1e80]], optimizer=SGD(0.0), epochs=3, progress=False)
