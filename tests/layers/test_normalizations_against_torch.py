"""Normalisations against torch, over shapes that are drawn; and the running statistics of batch norm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe import Model
from nnframe.interfaces import Context
from nnframe.layers import BatchNorm, GroupNorm, LayerNorm, RMSNorm
from nnframe.layers.batch_norm import Moments
from tests.layers.harness import built, hold_against_torch, replaced

torch = pytest.importorskip("torch")
F = torch.nn.functional
DTYPES = st.sampled_from(["float64", "float32"])
SHAPES = st.lists(st.integers(3, 7), min_size=2, max_size=4).map(tuple)
OPTIONS = settings(max_examples=30, deadline=None)


def drawn(shape: tuple[int, ...]) -> Any:
    return np.random.default_rng(0).normal(1.0, 2.0, shape)


@OPTIONS
@given(shape=SHAPES, dtype=DTYPES, training=st.booleans())
def test_batch_norm_agrees_with_torch(shape: tuple[int, ...], dtype: str, training: bool) -> None:
    def reference(p: Mapping[str, Any], x: Any) -> Any:
        mean, variance = p["running_mean"].clone(), p["running_variance"].clone()
        return F.batch_norm(x.movedim(-1, 1), mean, variance, p["scale"], p["shift"], training, 0.1, 1e-5).movedim(
            1, -1
        )

    hold_against_torch(BatchNorm(), drawn(shape), reference, dtype, context=Context(training=training))


@OPTIONS
@given(shape=SHAPES, dtype=DTYPES)
def test_layer_norm_agrees_with_torch(shape: tuple[int, ...], dtype: str) -> None:
    def reference(p: Mapping[str, Any], x: Any) -> Any:
        return F.layer_norm(x, x.shape[-1:], p["scale"], p["shift"], 1e-5)

    hold_against_torch(LayerNorm(), drawn(shape), reference, dtype)


@OPTIONS
@given(shape=SHAPES, dtype=DTYPES)
def test_rms_norm_agrees_with_torch(shape: tuple[int, ...], dtype: str) -> None:
    hold_against_torch(RMSNorm(), drawn(shape), lambda p, x: F.rms_norm(x, x.shape[-1:], p["scale"], 1e-6), dtype)


@OPTIONS
@given(
    batch=st.integers(1, 3),
    places=st.lists(st.integers(2, 5), max_size=2).map(tuple),
    groups=st.sampled_from([1, 2, 3]),
    each=st.integers(3, 5),
    dtype=DTYPES,
)
def test_group_norm_agrees_with_torch(batch: int, places: tuple[int, ...], groups: int, each: int, dtype: str) -> None:
    def reference(p: Mapping[str, Any], x: Any) -> Any:
        return F.group_norm(x.movedim(-1, 1), groups, p["scale"], p["shift"], 1e-5).movedim(1, -1)

    hold_against_torch(GroupNorm(groups), drawn((batch, *places, groups * each)), reference, dtype)


def test_running_statistics_follow_those_of_torch() -> None:
    layer, x = BatchNorm(momentum=0.8), drawn((4, 3, 5))
    parameters: Moments = built(layer, x)
    theirs = torch.nn.BatchNorm1d(5, momentum=0.2).double()
    theirs.running_mean.copy_(torch.tensor(parameters.running_mean))
    theirs.running_var.copy_(torch.tensor(parameters.running_variance))
    theirs(torch.tensor(x).movedim(-1, 1))
    context = Context(training=True)
    layer.forward(parameters, x, context)
    ((old, new),) = context.recorded
    assert old is parameters
    assert isinstance(new, Moments)
    np.testing.assert_allclose(new.running_mean, theirs.running_mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(new.running_variance, theirs.running_var.numpy(), rtol=1e-12)


def test_inference_uses_what_training_has_recorded() -> None:
    x = drawn((64, 2))
    model = Model([BatchNorm(momentum=0.5)], loss="mse", input_shape=(2,))
    model.fit(x, x, optimizer={"name": "sgd", "learning_rate": 0.0}, epochs=40, batch_size=64, progress=False)
    np.testing.assert_allclose(model.predict(x).mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(model.predict(x).std(0), 1, rtol=0.02)


def test_inference_records_nothing() -> None:
    layer, x, context = BatchNorm(), drawn((4, 3)), Context()
    layer.forward(layer.initialize(x, np.random.default_rng(0)), x, context)
    assert context.recorded == []


def test_a_batch_of_one_value_a_feature_stays_finite_in_training() -> None:
    layer, x = BatchNorm(), np.ones((1, 3))
    context = Context(training=True)
    y, pullback = layer.forward(layer.initialize(x, np.random.default_rng(0)), x, context)
    dx, _ = pullback(np.ones((1, 3)))
    np.testing.assert_array_equal(y, 0)
    np.testing.assert_array_equal(dx, 0)


@pytest.mark.parametrize("layer", [LayerNorm(), BatchNorm(), GroupNorm(2)])
def test_a_large_mean_does_not_drown_the_variance_in_float32(layer: Any) -> None:
    x = np.random.default_rng(0).normal(1000.0, 1.0, (32, 16, 64))
    parameters = layer.initialize(x, np.random.default_rng(0))
    exact = layer.forward(parameters, x, Context(training=True))[0]
    single = replaced(parameters, lambda _, array: array.astype("float32"))
    y = layer.forward(single, x.astype("float32"), Context(training=True))[0]
    assert np.abs(y - exact).max() < 2e-3
