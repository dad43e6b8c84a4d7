"""Combinators: what they compute, how their parameters are called, and what they say when layers do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import ConfigurationError, ContractError, NNFrameError, ShapeError
from nnframe.interfaces import Context
from nnframe.layers import (
    LSTM,
    Add,
    Concatenate,
    Conv2D,
    Dense,
    Embedding,
    MaxPool2D,
    Multiply,
    Parallel,
    Residual,
    Sequential,
    Shared,
    TimeDistributed,
)
from tests.layers.harness import built, hold_against_torch

DTYPES = pytest.mark.parametrize("dtype", ["float64", "float32"])


def drawn(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=shape)


def affine(p: Any, place: str, x: Any) -> Any:
    return x @ p[f"{place}.weight"] + p[f"{place}.bias"]


@DTYPES
def test_sequential_is_one_after_the_other(dtype: str) -> None:
    layer = Sequential([Dense(3), "tanh", Dense(2)])
    hold_against_torch(layer, drawn(2, 4), lambda p, x: affine(p, "2", affine(p, "0", x).tanh()), dtype)


@DTYPES
def test_residual_adds_its_input(dtype: str) -> None:
    hold_against_torch(Residual([Dense(4)]), drawn(2, 4), lambda p, x: x + affine(p, "0", x), dtype)


@DTYPES
@pytest.mark.parametrize(
    ("layer", "join"),
    [
        (Add([Dense(3), Dense(3), Dense(3)]), lambda a, b, c: a + b + c),
        (Multiply([Dense(3), Dense(3), Dense(3)]), lambda a, b, c: a * b * c),
        (Concatenate([Dense(3), Dense(1), Dense(2)]), None),
    ],
)
def test_branches_are_joined(layer: Any, join: Any, dtype: str) -> None:
    torch = pytest.importorskip("torch")
    join = join or (lambda *parts: torch.cat(parts, -1))
    hold_against_torch(layer, drawn(2, 4), lambda p, x: join(*(affine(p, str(i), x) for i in range(3))), dtype)


@DTYPES
@pytest.mark.parametrize(("layer", "join"), [(Add(), "add"), (Multiply(), "mul")])
def test_without_layers_a_tuple_is_joined(layer: Any, join: str, dtype: str) -> None:
    torch = pytest.importorskip("torch")
    hold_against_torch(layer, (drawn(2, 3), drawn(2, 3)), lambda _, x: getattr(torch, join)(*x), dtype)


@DTYPES
def test_parallel_gives_each_input_its_layer(dtype: str) -> None:
    layer = Sequential([Parallel([Dense(3), Dense(3)]), Add()])

    def reference(p: Any, x: Any) -> Any:
        return affine(p, "0.0", x[0]) + affine(p, "0.1", x[1])

    hold_against_torch(layer, (drawn(2, 4), drawn(2, 5)), reference, dtype)


def test_concatenate_joins_along_any_axis() -> None:
    y, pull = Concatenate(axis=1).join((drawn(2, 3, 4), drawn(2, 1, 4)))
    assert y.shape == (2, 4, 4)
    assert [part.shape for part in pull(y)] == [(2, 3, 4), (2, 1, 4)]


def test_multiply_has_a_gradient_at_zero() -> None:
    _, pull = Multiply().join((np.zeros(1), np.array([3.0]), np.array([2.0])))
    assert [part.item() for part in pull(np.ones(1))] == [6.0, 0.0, 0.0]


def test_what_is_shared_is_one_array_with_the_sum_of_the_gradients() -> None:
    tower = Shared("tower", Dense(2, use_bias=False))
    model = Model(Sequential([Parallel([tower, tower]), Add()]), loss="mse", input_shape=((3,), (3,)), seed=0)
    assert list(model.parameters) == ["0.0.weight"]
    x = drawn(5, 3), drawn(5, 3) + 1
    y = drawn(5, 2)
    _, gradients = model.loss_and_gradients(x, y)
    alone = Model([Dense(2, use_bias=False)], loss="mse", input_shape=(3,), seed=0)
    alone.parameters["0.weight"].value = model.parameters["0.0.weight"].value
    _, expected = alone.loss_and_gradients(x[0] + x[1], y)
    np.testing.assert_allclose(gradients["0.0.weight"], expected["0.weight"])


def test_one_name_has_one_configuration() -> None:
    with pytest.raises(ContractError, match="one name has one configuration"):
        Model([Shared("a", Dense(2)), Shared("a", Dense(3))], input_shape=(2,))


def test_names_become_paths() -> None:
    model = Model(
        Sequential([Concatenate([Dense(2), Dense(3)], names=["left", "right"]), Dense(1)], names=["join", "out"]),
        input_shape=(4,),
    )
    assert list(model.parameters)[::2] == ["join.left.weight", "join.right.weight", "out.weight"]


@pytest.mark.parametrize("names", [["a"], ["a", "a"], ["a", "1"]])
def test_names_that_cannot_be_paths_are_refused(names: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="name"):
        Sequential([Dense(1), Dense(1)], names=names)


@pytest.mark.parametrize(
    ("layers", "shape", "message"),
    [
        ([Dense(3), Residual([Dense(4)])], (2,), "^at 1: the layers inside a Residual must keep the shape"),
        ([Dense(3), Sequential([Dense(2), Conv2D(3)])], (2,), "^at 1.1: Conv2D expects .*batch, height, width"),
        ([Conv2D(3, 5)], (4, 4, 1), "^at 0: Conv2D has a window of \\(5, 5\\).*use padding='same'"),
        ([Conv2D(3, groups=2)], (4, 4, 3), "^at 0: Conv2D with 2 groups needs channels and filters that 2 divides"),
        ([MaxPool2D(3)], (2, 5, 1), "^at 0: MaxPool2D has a window of"),
        (["flatten", LSTM(3)], (2, 5), "^at 1: LSTM expects .*batch, length, features"),
        ([Add([Dense(2), Dense(3)])], (4,), "^at 0: Add needs outputs of one shape"),
        ([Concatenate([Dense(2), "flatten"], axis=1)], (4, 4), "^at 0: Concatenate on axis 1 needs"),
        ([TimeDistributed(Sequential([Dense(2), LSTM(3)]))], (4, 4), "^at 0.1: LSTM expects"),
        ([{"name": "group_norm", "groups": 3}], (4, 4), "^at 0: GroupNorm needs features that its 3 groups divide"),
        ([Embedding(5, 2)], (4,), "^at 0: Embedding expects integers"),
        ([Parallel([Dense(2), Dense(2)])], (4,), "^at 0: Parallel expects a tuple of 2 inputs"),
    ],
)
def test_what_does_not_fit_is_refused_when_the_model_is_built_and_the_place_is_named(
    layers: Any, shape: Any, message: str
) -> None:
    with pytest.raises(NNFrameError, match=message):
        Model(layers, input_shape=shape)


def test_an_error_on_the_way_back_names_the_place_too() -> None:
    layer = Sequential([Dense(2), Sequential([Dense(3)], names=["inner"])])
    _, pullback = layer.run(built(layer, drawn(2, 4)), drawn(2, 4), Context())
    with pytest.raises(ValueError, match="7") as caught:
        pullback(np.ones((2, 7)))
    assert caught.value.__notes__ == ["in layer inner", "in layer 1"]


def test_a_sequence_of_no_layers_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="needs at least one layer"):
        Sequential([])


def test_shape_errors_are_a_kind_of_value_error() -> None:
    assert issubclass(ShapeError, ValueError)
