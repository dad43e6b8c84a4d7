"""A batch computed in pieces has the loss and the gradients of the whole batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from nnframe import Model
from nnframe.interfaces import Batch, Context
from nnframe.layers import Dense
from nnframe.training.pieces import compute_in_pieces


def model_and_batch(weighted: bool, masked: bool) -> tuple[Model, Batch]:
    rng = np.random.default_rng(0)
    layers: list[Any] = (
        [{"name": "gru", "units": 3, "return_sequences": True}, Dense(2)] if masked else [Dense(3), "tanh", Dense(2)]
    )
    model = Model(
        layers,
        loss="mse",
        input_shape=(4, 2) if masked else (2,),
        regularizers={"*weight": {"name": "l2", "strength": 0.1}},
    )
    x = rng.normal(size=(7, 4, 2) if masked else (7, 2))
    y = rng.normal(size=(*x.shape[:-1], 2))
    weight = rng.uniform(0, 2, 7) if weighted else None
    mask = np.arange(4) < rng.integers(0, 5, 7)[:, None] if masked else None
    return model, Batch(x, y, weight, mask)


@given(st.integers(1, 9), st.booleans(), st.booleans())
def test_loss_gradients_and_prediction_are_those_of_the_whole_batch(size: int, weighted: bool, masked: bool) -> None:
    model, batch = model_and_batch(weighted, masked)
    loss, gradients, prediction = model.compute(batch.x, batch.y, Context(True, mask=batch.mask), batch.sample_weight)
    gradients = [each.copy() for each in gradients]
    own = compute_in_pieces(model, batch, Context(True, mask=batch.mask), size)
    assert own[0] == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(own[2], prediction, rtol=1e-12)
    for one, other, parameter in zip(own[1], gradients, model.trained, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)
        np.testing.assert_array_equal(parameter.gradient, one)


def test_a_piece_that_counts_for_nothing_changes_nothing() -> None:
    model, batch = model_and_batch(False, False)
    weight = np.array([1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    loss, gradients, _ = model.compute(batch.x, batch.y, Context(True), weight)
    gradients = [each.copy() for each in gradients]
    own = compute_in_pieces(model, Batch(batch.x, batch.y, weight), Context(True), 2)
    assert own[0] == pytest.approx(loss, rel=1e-12)
    assert own[2].shape == (7, 2)
    for one, other in zip(own[1], gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)
