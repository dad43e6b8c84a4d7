"""The layers that rearrange, look up or scale, and Dense, against torch or against NumPy; random layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.arrays.scatter import sum_rows
from nnframe.errors import ConfigurationError, DataError, DtypeError, ShapeError
from nnframe.interfaces import Context
from nnframe.layers import (
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GaussianNoise,
    Permute,
    PReLU,
    Reshape,
    TimeDistributed,
    UpSampling1D,
    UpSampling2D,
    ZeroPadding1D,
    ZeroPadding2D,
)
from tests.layers.harness import built, hold_against_torch

DTYPES = st.sampled_from(["float64", "float32"])
OPTIONS = settings(max_examples=30, deadline=None)
INFERENCE = Context()


def drawn(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=shape)


@OPTIONS
@given(shape=st.lists(st.integers(1, 6), min_size=2, max_size=4), units=st.integers(1, 5), dtype=DTYPES)
def test_dense_agrees_with_torch(shape: list[int], units: int, dtype: str) -> None:
    hold_against_torch(Dense(units), drawn(*shape), lambda p, x: x @ p["weight"] + p["bias"], dtype)


@OPTIONS
@given(shape=st.lists(st.integers(1, 6), min_size=2, max_size=4), dtype=DTYPES)
def test_prelu_agrees_with_torch(shape: list[int], dtype: str) -> None:
    F = pytest.importorskip("torch").nn.functional
    hold_against_torch(PReLU(), drawn(*shape), lambda p, x: F.prelu(x.movedim(-1, 1), p["slope"]).movedim(1, -1), dtype)


@OPTIONS
@given(shape=st.lists(st.integers(1, 30), min_size=1, max_size=2), count=st.sampled_from([1, 3, 100]), dtype=DTYPES)
def test_embedding_agrees_with_torch_also_where_integers_come_again(shape: list[int], count: int, dtype: str) -> None:
    F = pytest.importorskip("torch").nn.functional
    x = np.random.default_rng(0).integers(count, size=shape)
    hold_against_torch(Embedding(count, 3), x, lambda p, x: F.embedding(x, p["weight"]), dtype)


@OPTIONS
@given(
    places=st.lists(st.integers(0, 6), max_size=60),
    count=st.sampled_from([7, 1 << 17]),
)
def test_rows_are_summed_by_place_as_add_at_does(places: list[int], count: int) -> None:
    rows, index = drawn(len(places), 2), np.array(places, int)
    expected = np.zeros((count, 2))
    np.add.at(expected, index, rows)
    np.testing.assert_allclose(sum_rows(rows, index, count), expected, rtol=1e-12, atol=1e-12)


def test_many_rows_of_one_place_lose_no_digits() -> None:
    ones = np.full((1 << 17, 1), 0.1, np.float32)
    total = sum_rows(ones, np.zeros(1 << 17, int), 1)
    assert total.item() == pytest.approx(float(np.float32(0.1)) * (1 << 17), rel=1e-6)


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (UpSampling1D(3), (2, 4, 2), lambda x: x.repeat_interleave(3, 1)),
        (UpSampling2D((2, 3)), (2, 3, 4, 2), lambda x: x.repeat_interleave(2, 1).repeat_interleave(3, 2)),
        (Reshape((3, -1)), (2, 6, 2), lambda x: x.reshape(2, 3, 4)),
        (Permute((3, 1, 2)), (2, 3, 4, 5), lambda x: x.permute(0, 3, 1, 2)),
        (Flatten(), (2, 3, 4), lambda x: x.flatten(1)),
    ],
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_layers_that_rearrange_agree_with_torch(layer: Any, shape: Any, expected: Any, dtype: str) -> None:
    hold_against_torch(layer, drawn(*shape), lambda _, x: expected(x), dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_zero_padding_agrees_with_torch(dtype: str) -> None:
    F = pytest.importorskip("torch").nn.functional
    hold_against_torch(ZeroPadding1D((2, 1)), drawn(2, 3, 4), lambda _, x: F.pad(x, (0, 0, 2, 1)), dtype)
    pads = ((1, 0), (2, 3))
    hold_against_torch(ZeroPadding2D(pads), drawn(2, 3, 4, 2), lambda _, x: F.pad(x, (0, 0, 2, 3, 1, 0)), dtype)


def test_time_distributed_is_the_layer_at_every_step() -> None:
    layer, x = TimeDistributed(Dense(3)), drawn(2, 5, 4)
    parameters = built(layer, x)
    y = layer.run(parameters, x, Context(mask=np.ones((2, 5), bool)))[0]
    for t in range(5):
        np.testing.assert_allclose(y[:, t], x[:, t] @ parameters.weight + parameters.bias)  # type: ignore[index]


def test_dropout_keeps_the_mean_and_hides_the_share_it_says() -> None:
    context = Context(training=True, rng=np.random.default_rng(0))
    y, pull = Dropout(0.3).apply(np.ones((400, 500)), context)
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert y.mean() == pytest.approx(1, abs=0.01)
    np.testing.assert_array_equal(pull(np.ones_like(y)), y)


def test_noise_has_the_deviation_it_says() -> None:
    y, _ = GaussianNoise(0.2).apply(np.zeros((400, 500)), Context(training=True, rng=np.random.default_rng(0)))
    assert y.std() == pytest.approx(0.2, rel=0.01)
    assert y.mean() == pytest.approx(0, abs=0.002)


@pytest.mark.parametrize("layer", [Dropout(0.5), GaussianNoise(0.5)])
def test_random_layers_do_nothing_in_inference(layer: Any) -> None:
    x = drawn(3, 4)
    y, pull = layer.apply(x, INFERENCE)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(pull(x), x)


def test_an_integer_outside_the_vocabulary_is_named() -> None:
    layer = Embedding(3, 2)
    table = layer.initialize(np.zeros((1, 2), int), np.random.default_rng(0))
    with pytest.raises(DataError, match=r"from 0 to 2, and x\[1, 0\] is 3: mend the data"):
        layer.forward(table, np.array([[0, 1], [3, 0]]), INFERENCE)


def test_real_numbers_have_no_place_in_a_table() -> None:
    with pytest.raises(DtypeError, match="expects integers, got float64: give the model input_dtype='int64'"):
        Embedding(3, 2).initialize(np.ones((1, 2)), np.random.default_rng(0))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (Reshape((4, 2)), (3, 6), r"cannot make \(4, 2\) of the 6 numbers"),
        (Permute((2, 1)), (3, 6), r"expects 2 axes beside the batch, got \(3, 6\)"),
        (UpSampling2D(), (3, 4, 4), r"expects \(batch, height, width, channels\).*add an axis for the channels"),
        (ZeroPadding1D(), (3, 4), r"expects \(batch, length, features\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(layer: Any, shape: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        layer.apply(np.ones(shape), INFERENCE)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Dense(0),
        lambda: Dropout(1.0),
        lambda: Reshape((-1, -1)),
        lambda: Permute((0, 1)),
        lambda: UpSampling2D(0),
        lambda: GaussianNoise(-1.0),
    ],
)
def test_options_that_make_no_sense_are_refused(make: Any) -> None:
    with pytest.raises(ConfigurationError):
        make()
