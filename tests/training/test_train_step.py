"""train_step, for those who write their own loop."""

from __future__ import annotations

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import ConfigurationError, DataError, ShapeError
from nnframe.interfaces import AnyLayer
from nnframe.layers import BatchNorm, Dense, Dropout
from nnframe.optimizers import Adam

RNG = np.random.default_rng(7)
X = RNG.normal(size=(12, 3))
Y = RNG.normal(size=(12, 1))


def network() -> Model:
    layers: list[AnyLayer | str] = [Dense(4), BatchNorm(), "tanh", Dropout(0.3), Dense(1)]
    return Model(
        layers, loss="mse", input_shape=(3,), seed=1, regularizers={"*.weight": {"name": "l2", "strength": 0.1}}
    )


def test_a_loop_of_steps_is_a_fit() -> None:
    """Dropout, running statistics, regularizers and the optimizer's memory among it: the same numbers, bit for bit."""
    model, expected = network(), network()
    history = expected.fit(X, Y, optimizer=Adam(0.01), epochs=3, batch_size=4, shuffle=False, progress=False)
    for epoch in range(3):
        losses = [
            model.train_step(X[i : i + 4], Y[i : i + 4], optimizer={"name": "adam", "learning_rate": 0.01})
            for i in (0, 4, 8)
        ]
        assert np.mean(losses) == pytest.approx(history.epochs[epoch]["loss"], rel=1e-12)
    for path, parameter in expected.parameters.items():
        np.testing.assert_array_equal(model.parameters[path].value, parameter.value)


def test_a_fit_goes_on_with_what_steps_remembered() -> None:
    model, expected = network(), network()
    expected.fit(X, Y, optimizer="adam", epochs=2, batch_size=12, shuffle=False, progress=False)
    model.train_step(X, Y)
    model.fit(X, Y, optimizer="adam", batch_size=12, shuffle=False, progress=False)
    np.testing.assert_array_equal(model.to_vector(), expected.to_vector())


def test_another_optimizer_starts_afresh() -> None:
    model = network()
    model.train_step(X, Y)
    model.train_step(X, Y, optimizer="sgd")
    assert model.optimization is not None
    assert model.optimization.progress.step == 1


def test_weights_count() -> None:
    plain = Model([Dense(1)], loss="mse", input_shape=(3,), seed=1)
    repeated = Model([Dense(1)], loss="mse", input_shape=(3,), seed=1)
    loss = plain.train_step(X, Y, sample_weight=[2] + [1] * 10 + [0], optimizer="sgd")
    rows = [0, *range(11)]
    assert repeated.train_step(X[rows], Y[rows], optimizer="sgd") == pytest.approx(loss)
    np.testing.assert_allclose(plain.to_vector(), repeated.to_vector())


def test_bad_batches_are_refused_and_move_nothing() -> None:
    model = network()
    before = model.to_vector()
    for x, y, error in ((X, Y[:5], ShapeError), (X * np.nan, Y, DataError), (X[:, :2], Y, ShapeError)):
        with pytest.raises(error):
            model.train_step(x, y)
    np.testing.assert_array_equal(model.to_vector(), before)
    with pytest.raises(ConfigurationError, match="no loss"):
        Model(["tanh"], input_shape=(3,)).train_step(X, Y)
