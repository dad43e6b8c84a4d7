"""The first layer and parameter that a number which is not finite came from, and a model that it never reaches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from attrs import frozen

from nnframe import Model, registry
from nnframe.arrays import Array
from nnframe.callbacks import TerminateOnNaN
from nnframe.callbacks.first_broken import NonFinite
from nnframe.interfaces import Context, Elementwise, Layer, Loss, NoSlots, Optimizer, Regularizer, Result
from nnframe.layers import Dense, Dropout, Residual, Shared
from nnframe.training import History
from tests.samples.batch_norm import SmallBatchNorm

X = np.random.default_rng(0).normal(size=(12, 3))
Y = np.zeros((12, 1))


@frozen(eq=False)
class Gain:
    gain: Array


@frozen
class Faulty(Layer[Gain]):
    """y = gain x, with the given number in the place that is asked for, once x holds a marked value."""

    place: str
    number: float

    def initialize(self, x: Array, rng: np.random.Generator) -> Gain:
        return Gain(np.ones(x.shape[-1]))

    def forward(self, parameters: Gain, x: Array, context: Context) -> Result[Gain]:
        y = x * parameters.gain
        if self.place == "output":
            y[0, 0] = self.number

        def pullback(dy: Array) -> tuple[Array, Gain]:
            dx, dgain = dy * parameters.gain, (dy * x).sum(axis=0)
            if self.place == "input gradient":
                dx[0, 0] = self.number
            if self.place == "gradient":
                dgain[0] = self.number
            return dx, Gain(dgain)

        return y, pullback


def fit(layers: Sequence[Any], x: object = X, **options: Any) -> tuple[Model, History, dict[str, bytes]]:
    model = Model(list(layers), input_shape=(3,), **{"loss": "mse", **options})
    before = {path: each.value.tobytes() for path, each in model.parameters.items()}
    with np.errstate(all="ignore"):
        history = model.fit(x, Y, epochs=3, batch_size=4, callbacks=[TerminateOnNaN()], progress=False)
    return model, history, before


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(("place", "path"), [("output", "1"), ("gradient", "1.gain"), ("input gradient", "1")], ids=str)
def test_the_first_place_is_named_and_nothing_moved(place: str, path: str, number: float) -> None:
    layers = [Dense(3), Faulty(place, number), SmallBatchNorm(), Dense(1)]
    model, history, before = fit(layers)
    found = history.reports["terminate_on_nan"]
    assert found == NonFinite(1, 1, place, path, f"Faulty({place!r}, {number!r})", str(number))  # type: ignore[arg-type]
    assert history.stop_reason.startswith("step 1 of epoch 1: the ")
    assert path in history.stop_reason
    assert {name: each.value.tobytes() for name, each in model.parameters.items()} == before
    assert history.epochs == []


def test_a_run_without_such_numbers_is_left_alone() -> None:
    layers: list[Any] = [Dense(3), Dropout(0.5), Dense(1)]
    one, two = (Model(list(layers), loss="mse", input_shape=(3,)) for _ in range(2))
    first = one.fit(X, Y, epochs=3, callbacks=["terminate_on_nan"], progress=False)
    second = two.fit(X, Y, epochs=3, progress=False)
    assert first == second
    assert one.to_vector().tobytes() == two.to_vector().tobytes()
    assert first.reports == {}


@frozen
class Sometimes(Elementwise):
    """Breaks where dropout let a marked value through."""

    def value(self, x: Array) -> Array:
        return np.where(x > 100, np.inf, x)

    def derivative(self, x: Array, y: Array) -> Array:
        return np.ones_like(x)


def test_the_step_is_repeated_with_its_random_numbers() -> None:
    """Only one draw in 2**10 or so of this dropout breaks anything: a replay with others would find nothing."""
    x = np.zeros((400, 1))
    x[7] = 1.0
    model = Model([Dropout(0.995), Sometimes()], loss="mse", input_shape=(1,), seed=1)
    history = model.fit(x, x, epochs=400, batch_size=400, callbacks=["terminate_on_nan"], progress=False)
    found = history.reports["terminate_on_nan"]
    assert isinstance(found, NonFinite)
    assert (found.what, found.path, found.value) == ("output", "1", "inf")
    assert found.epoch > 1


@frozen
class Explode(Optimizer):
    """Writes infinity into the parameters."""

    learning_rate: float = 1.0

    def initialize(self, value: Array) -> NoSlots:
        return NoSlots()

    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        value += np.inf


@pytest.mark.parametrize("batch_size", [4, 12], ids=["the next step", "the last step"])
def test_an_update_that_breaks_a_parameter_is_found(batch_size: int) -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(3,))
    options = {"epochs": 1, "batch_size": batch_size, "callbacks": ["terminate_on_nan"], "progress": False}
    with np.errstate(all="ignore"):
        history = model.fit(X, Y, optimizer=Explode(), **options)  # type: ignore[arg-type]
    assert "the parameter 0.weight is inf after the last update" in history.stop_reason


@frozen
class BrokenLoss(Loss[Array]):
    """Zero, but not a number where asked."""

    of_gradient: bool = False

    def forward(self, prediction: Array, target: Array) -> Any:
        losses = prediction.sum(axis=-1) * 0
        if not self.of_gradient:
            losses = losses + math.nan
        return losses, lambda upstream: prediction * (math.nan if self.of_gradient else 0.0)


@pytest.mark.parametrize("of_gradient", [True, False])
def test_a_loss_is_named(of_gradient: bool) -> None:
    _, history, _ = fit([Dense(1)], loss=BrokenLoss(of_gradient))
    found = history.reports["terminate_on_nan"]
    assert isinstance(found, NonFinite)
    assert (found.what, found.value) == ("loss", "nan")
    assert "BrokenLoss" in found.part


@frozen
class BrokenPenalty(Regularizer):
    """A penalty without measure."""

    def penalty(self, value: Array) -> tuple[float, Array]:
        return math.inf, value


def test_a_regularizer_is_named() -> None:
    _, history, _ = fit([Dense(1)], regularizers={"0.weight": BrokenPenalty()})
    assert "the penalty BrokenPenalty() of 0.weight is inf" in history.stop_reason


def test_a_layer_inside_a_combinator_is_named_before_the_combinator() -> None:
    inner = Residual([Dense(3), Faulty("gradient", math.nan)])
    _, history, _ = fit([inner, Dense(1)])
    found = history.reports["terminate_on_nan"]
    assert isinstance(found, NonFinite)
    assert (found.what, found.part) == ("gradient", "Faulty('gradient', nan)")
    assert found.path.endswith(".1.gain")


def test_a_shared_layer_is_named_where_it_stands() -> None:
    shared = Shared("twice", Faulty("gradient", math.inf))
    _, history, _ = fit([shared, "tanh", shared, Dense(1)])
    found = history.reports["terminate_on_nan"]
    assert isinstance(found, NonFinite)
    assert (found.what, found.value) == ("gradient", "inf")
    assert found.path.startswith("2")


def test_a_float32_gradient_whose_square_overflows_is_fine() -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(1,), dtype="float32")
    history = model.fit([[1e15]], [[1e7]], optimizer={"name": "sgd", "learning_rate": 1e-30}, progress=False,
                        callbacks=["terminate_on_nan"])  # fmt: skip
    assert history.stop_reason == ""


def test_it_is_registered() -> None:
    assert registry.callbacks.create("terminate_on_nan") == TerminateOnNaN()
