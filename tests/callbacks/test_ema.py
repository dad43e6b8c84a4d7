"""Averages of the parameters: the formula, where they are used, and that training never sees them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe import Model, registry
from nnframe.callbacks import EMA, Lambda
from nnframe.errors import ConfigurationError
from nnframe.interfaces import Callback, Moment
from nnframe.layers import Dense
from nnframe.training import History
from tests.samples.batch_norm import SmallBatchNorm

X = np.random.default_rng(0).normal(size=(12, 3))
Y = X[:, :1] ** 2


def make() -> Model:
    return Model([Dense(3), SmallBatchNorm(), "tanh", Dense(1)], loss="mse", input_shape=(3,))


def fit(model: Model, *callbacks: Callback[None] | EMA) -> History:
    return model.fit(X, Y, epochs=3, batch_size=4, validation_data=(X, Y), callbacks=callbacks, progress=False)


def values(model: Model) -> dict[str, bytes]:
    return {path: each.value.tobytes() for path, each in model.parameters.items()}


@settings(max_examples=20)
@given(st.floats(0, 0.999), st.booleans())
def test_it_is_the_moving_average(decay: float, warm_up: bool) -> None:
    model = make()
    trail = [{path: each.value.copy() for path, each in model.parameters.items()}]

    def follow(moment: Moment) -> None:
        trail.append({path: each.value.copy() for path, each in model.parameters.items()})

    fit(model, EMA(decay, warm_up=warm_up), Lambda(on_after_step=follow))
    for path, average in trail[0].items():
        for step, seen in enumerate(trail[1:], 1):
            beta = min(decay, (1 + step) / (10 + step)) if warm_up else decay
            average = beta * average + (1 - beta) * seen[path]  # noqa: PLW2901 - the formula
        assert np.allclose(model.parameters[path].value, average, rtol=1e-12, atol=1e-15), path


def test_training_goes_on_as_if_there_were_none() -> None:
    plain, averaged = make(), make()
    first = fit(plain)
    second = fit(averaged, EMA(0.9, keep_at_end=False))
    assert values(plain) == values(averaged)
    assert first["loss"] == second["loss"]
    assert first["val_loss"] != second["val_loss"]


def test_validation_is_measured_with_the_averages() -> None:
    model = make()
    history = fit(model, EMA(0.9))
    assert history.last["val_loss"] == model.evaluate(X, Y)["loss"], "the averages are left in the model"


def test_validation_can_be_measured_without_them() -> None:
    assert fit(make(), EMA(0.9, validate=False))["val_loss"] == fit(make())["val_loss"]


def test_the_averages_are_left_in_the_history() -> None:
    model = make()
    history = fit(model, EMA(0.9, keep_at_end=False))
    averages = history.reports["ema"]
    assert isinstance(averages, dict)
    for path, value in averages.items():
        model.parameters[path].value = value
    assert history.last["val_loss"] == model.evaluate(X, Y)["loss"]


def test_frozen_parameters_stay_to_the_bit() -> None:
    model = Model([Dense(3), Dense(1)], loss="mse", input_shape=(3,), trainable={"0.*": False})
    before = model.parameters["0.weight"].value.tobytes()
    fit(model, EMA(0.7))
    assert model.parameters["0.weight"].value.tobytes() == before


def test_a_validation_that_fails_leaves_the_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, model = make(), make()
    fit_one = {"epochs": 1, "batch_size": 4, "progress": False}
    plain.fit(X, Y, **fit_one)  # type: ignore[arg-type]

    def fail(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("nnframe.training.loop.evaluate", fail)
    with pytest.raises(ZeroDivisionError):
        fit(model, EMA(0.9))
    assert values(model) == values(plain)


@pytest.mark.parametrize("decay", [-0.1, 1.0, "high"])
def test_a_decay_that_cannot_be_is_refused(decay: float) -> None:
    with pytest.raises(ConfigurationError, match="decay"):
        EMA(decay)


def test_it_is_registered() -> None:
    assert registry.callbacks.create("ema", decay=0.5) == EMA(0.5)
