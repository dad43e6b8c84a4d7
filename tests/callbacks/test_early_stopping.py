"""When a run is stopped, and what the model is then."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, strategies as st

from nnframe import Model, registry
from nnframe.callbacks import EarlyStopping, Lambda
from nnframe.errors import ConfigurationError
from nnframe.layers import Dense
from nnframe.training import History
from tests.samples.batch_norm import SmallBatchNorm

X = np.random.default_rng(0).normal(size=(8, 2))
Y = np.zeros((8, 1))


def fit(numbers: list[float], stop: EarlyStopping, model: Model | None = None) -> History:
    """Train while somebody measures the given numbers, an epoch each."""
    given = Lambda(on_after_epoch=lambda moment: moment.logs.update(score=numbers[moment.epoch - 1]))
    model = model or Model([Dense(1)], loss="mse", input_shape=(2,))
    return model.fit(X, Y, epochs=len(numbers), callbacks=[given, stop], progress=False)


def test_it_is_registered() -> None:
    assert registry.callbacks.create("early_stopping", patience=3) == EarlyStopping(patience=3)


def expected_epochs(numbers: list[float], patience: int, delta: float) -> int:
    """The definition, word by word: stop after the first epoch that is `patience` epochs behind the best one."""
    best_epoch, best = 0, math.inf
    for epoch, number in enumerate(numbers, 1):
        if best - number > delta or (math.isinf(best) and not math.isnan(number)):
            best_epoch, best = epoch, number
        if epoch - best_epoch == patience:
            return epoch
    return len(numbers)


@given(
    st.lists(st.integers(-9, 9).map(float) | st.just(math.nan), min_size=1, max_size=12),
    st.integers(1, 4),
    st.integers(0, 3),
    st.sampled_from(["min", "max"]),
)
def test_it_stops_when_patience_is_over(numbers: list[float], patience: int, delta: int, mode: str) -> None:
    sign = 1 if mode == "min" else -1
    stop = EarlyStopping("score", mode, patience, min_delta=delta)  # type: ignore[arg-type]
    history = fit([sign * number for number in numbers], stop)
    assert len(history) == expected_epochs(numbers, patience, delta)


def test_the_reason_names_the_best_epoch() -> None:
    history = fit([3.0, 4.0, 1.0, 2.0], EarlyStopping("score", "max", 2))
    assert history.stop_reason == "score has not become higher for 2 epochs: best 4 after epoch 2"


@pytest.mark.parametrize("numbers", [[2.0, 1.0, 3.0, 3.0, 3.0], [2.0, 1.0, 3.0]], ids=["stopped", "to the last epoch"])
def test_the_best_epoch_is_restored_to_the_bit(numbers: list[float]) -> None:
    layers: list[Any] = [Dense(3), SmallBatchNorm(), Dense(1)]
    model, other = (Model(list(layers), loss="mse", input_shape=(2,)) for _ in range(2))
    fit(numbers, EarlyStopping("score", patience=2, restore_best=True), model)
    fit(numbers[:2], EarlyStopping("score", patience=2), other)
    assert any(each.statistic for each in model.parameters.values())
    for path, each in model.parameters.items():
        assert each.value.tobytes() == other.parameters[path].value.tobytes(), path


def test_without_restoring_the_last_epoch_stays() -> None:
    model, other = (Model([Dense(1)], loss="mse", input_shape=(2,)) for _ in range(2))
    fit([1.0, 2.0, 3.0], EarlyStopping("score", patience=2), model)
    fit([3.0, 2.0, 1.0], EarlyStopping("score", patience=2), other)
    assert model.to_vector().tobytes() == other.to_vector().tobytes()


def test_a_number_that_nobody_measures_is_named_with_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match=r"no 'val_loss', only .*loss.*: give fit validation_data"):
        fit([1.0], EarlyStopping())


@pytest.mark.parametrize("options", [{"patience": 0}, {"min_delta": -1.0}, {"mode": "best"}, {"restore_best": 1}])
def test_options_that_it_cannot_have_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        EarlyStopping(**options)  # type: ignore[arg-type]


def test_one_part_can_serve_two_runs() -> None:
    stop = EarlyStopping("score", patience=2)
    before = attrs.evolve(stop)
    assert [len(fit([1.0, 2.0, 3.0, 4.0], stop)) for _ in range(2)] == [3, 3]
    assert stop == before
