"""fit says once where a loss that is not finite came from."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import NNFrameWarning
from nnframe.layers import Dense
from nnframe.optimizers import SGD

X, Y = np.ones((4, 1)), np.zeros((4, 1))


def model(*layers: object) -> Model:
    return Model([Dense(1, weight_initializer="ones"), *layers], loss="mse", input_shape=(1,), seed=1)


def fit(network: Model, x: object, callbacks: tuple[str, ...] = ()) -> list[str]:
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        history = network.fit(x, Y, optimizer=SGD(1.0), epochs=3, batch_size=2, callbacks=callbacks, progress=False)
    assert callbacks or math.isnan(history.epochs[-1]["loss"])
    return [str(each.message) for each in caught if issubclass(each.category, NNFrameWarning)]


def test_a_loss_that_overflows_is_named_once() -> None:
    (message,) = fit(model(), 1e290 * X)
    assert "the loss is inf" in message
    assert "step 1 of epoch 1: the loss, MeanSquaredError(), is inf, and the prediction was finite" in message
    assert "clip" in message


def test_the_first_layer_that_grew_is_named() -> None:
    (message,) = fit(model("exponential", Dense(1)), 1000 * X)
    assert "the output of 1, Activation(Exponential()), is inf, and its input was finite" in message


def test_a_step_that_was_too_long_shows_at_the_layer_that_it_moved() -> None:
    """The loss of the first step, 1e300, is finite, and so is the weight that it leads to: -2e300."""
    (message,) = fit(model(), 1e150 * X)
    assert "step 2 of epoch 1: the output of 0, Dense(" in message


def test_a_run_that_is_stopped_there_needs_no_warning() -> None:
    assert fit(model(), 1e290 * X, callbacks=("terminate_on_nan",)) == []


@pytest.mark.filterwarnings("error")
def test_finite_losses_are_no_matter() -> None:
    model().fit(X, Y, optimizer=SGD(0.1), epochs=2, progress=False)
