"""The context of a training step: one for all steps, unless a step asked for another or left something in it."""

import numpy as np
import pytest

from nnframe import Model
from nnframe.layers import BatchNorm, Dense, Dropout

X, Y = np.random.default_rng(0).normal(size=(6, 2)), np.ones((6, 1))


def step(model):
    """Take a step, and return its context."""
    context = model.step_context()
    model.compute(X, Y, context)
    return context


def test_from_the_second_step_on_the_same_serves():
    model = Model([Dense(1)], loss="mse", input_shape=(2,))
    first, second = step(model), step(model)
    assert first.observer is not None, "the first batch is held to the contract"
    assert second is not first
    assert second is step(model)
    assert second.rng is model.rng
    assert not second.input_gradient


def test_a_mask_gets_one_of_its_own():
    model = Model([Dense(1)], loss="mse", input_shape=(2,))
    mask = np.ones((6, 1), bool)
    known = model.step_context()
    assert model.step_context(mask).mask is mask
    assert model.step_context() is known
    assert known.mask is None


def test_what_a_step_records_is_stored_once():
    model = Model([BatchNorm(momentum=0.5), Dense(1)], loss="mse", input_shape=(2,))
    statistics, expected = model.parameters["0.running_mean"].value, np.zeros(2)
    for _ in range(3):
        model.train_step(X, Y)
        expected = 0.5 * expected + 0.5 * X.mean(0)
        np.testing.assert_allclose(statistics, expected)
    assert len(step(model).recorded) == 1


def test_what_a_step_that_failed_recorded_is_forgotten():
    model = Model([BatchNorm(momentum=0.5), Dense(1)], loss="mse", input_shape=(2,))
    step(model)
    before = model.parameters["0.running_mean"].value.copy()
    context = model.step_context()
    with pytest.raises(ValueError, match="shape"):
        model.compute(X, Y[:, [0, 0]], context)
    assert context.recorded
    assert not model.step_context().recorded
    np.testing.assert_array_equal(model.parameters["0.running_mean"].value, before)


def test_a_new_generator_is_drawn_from_in_the_next_step():
    model = Model([Dense(50), Dropout(0.5), Dense(1)], loss="mse", input_shape=(2,))
    for _ in range(3):
        model.train_step(X, Y)
    old, model.rng = model.rng, np.random.default_rng(5)
    before = old.bit_generator.state
    model.train_step(X, Y)
    assert old.bit_generator.state == before
    assert model.rng.bit_generator.state != np.random.default_rng(5).bit_generator.state
