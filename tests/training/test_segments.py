"""Parameters that are moved together go exactly where each would have gone by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from attrs import frozen
from hypothesis import given, strategies as st

from nnframe import Model, registry
from nnframe.arrays import Array
from nnframe.arrays.adjacent import adjacent, laid_out
from nnframe.interfaces import NoSlots, Optimizer
from nnframe.layers import Dense
from nnframe.training import Optimization

OPTIMIZERS = [registry.optimizers.create(name) for name in registry.optimizers.names()]


def network(**options: Any) -> Model:
    return Model([Dense(5), "tanh", Dense(4), "tanh", Dense(2)], loss="mse", input_shape=(3,), **options)


def gradients(model: Model, step: int) -> list[Array]:
    rng = np.random.default_rng(step)
    return [rng.normal(size=each.value.shape).astype(model.dtype) for each in model.trained]


def alone(optimizer: Optimizer[Any], model: Model, steps: int) -> list[Array]:
    values = [each.value.copy() for each in model.trained]
    slots = [optimizer.initialize(value) for value in values]
    for step in range(1, steps + 1):
        for value, gradient, mine in zip(values, gradients(model, step), slots, strict=True):
            optimizer.update(value, gradient, mine, step, optimizer.learning_rate)
    return values


def together(optimization: Optimization, model: Model, steps: Sequence[int]) -> list[Array]:
    for step in steps:
        optimization.step(gradients(model, step))
    return [each.value for each in model.trained]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_every_optimizer_moves_joined_parameters_as_it_moves_each(optimizer: Optimizer[Any], dtype: str) -> None:
    model = network(dtype=dtype)
    expected = alone(optimizer, model, 12)
    optimization = Optimization(optimizer, model.trained)
    assert len(optimization.segments) == 1
    for one, other in zip(together(optimization, model, range(1, 13)), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_slots_are_those_of_each_parameter_and_may_be_handed_to_another_run() -> None:
    optimizer, model, other = registry.optimizers.create("adam"), network(), network()
    whole = Optimization(optimizer, model.trained)
    expected = together(whole, model, range(1, 9))
    first = Optimization(optimizer, other.trained)
    together(first, other, range(1, 5))
    for slots, parameter in zip(first.slots, other.trained, strict=True):
        assert slots.mean.shape == parameter.value.shape  # type: ignore[attr-defined]
    second = Optimization(optimizer, other.trained)
    second.remember(first.slots)
    second.progress = first.progress
    for one, wanted in zip(together(second, other, range(5, 9)), expected, strict=True):
        np.testing.assert_array_equal(one, wanted)


def test_a_parameter_that_is_frozen_on_the_way_stays_where_it_is_and_the_others_go_on() -> None:
    optimizer, model = registry.optimizers.create("adam"), network()
    expected = alone(optimizer, model, 6)
    optimization = Optimization(optimizer, model.trained)
    together(optimization, model, range(1, 4))
    frozen_one = model.parameters["2.weight"]
    frozen_one.trainable = False
    kept = frozen_one.value.copy()
    together(optimization, model, range(4, 7))
    np.testing.assert_array_equal(frozen_one.value, kept)
    for each, wanted in zip(model.trained, expected, strict=True):
        if each is not frozen_one:
            np.testing.assert_array_equal(each.value, wanted)


def test_a_constrained_parameter_is_moved_by_itself_and_brought_back() -> None:
    model = network(constraints={"2.weight": "non_negative"})
    optimization = Optimization(registry.optimizers.create("sgd", learning_rate=0.5), model.trained)
    assert [(each.first, each.end) for each in optimization.segments] == [(0, 2), (2, 3), (3, 6)]
    together(optimization, model, range(1, 4))
    assert (model.parameters["2.weight"].value >= 0).all()
    assert (model.parameters["4.weight"].value < 0).any()


@frozen
class Normed(Optimizer):
    """θ ← θ - η g / ‖g‖: each parameter by itself."""

    learning_rate: float = 0.1
    elementwise = False

    def initialize(self, value: Array) -> NoSlots:
        return NoSlots()

    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        value -= learning_rate * gradient / np.linalg.norm(gradient)


def test_a_rule_that_looks_at_a_whole_parameter_is_given_each_by_itself() -> None:
    model = network()
    expected = alone(Normed(), model, 3)
    for one, wanted in zip(together(Optimization(Normed(), model.trained), model, range(1, 4)), expected, strict=True):
        np.testing.assert_array_equal(one, wanted)


@given(st.lists(st.lists(st.integers(1, 3), max_size=3), min_size=1, max_size=6), st.data())
def test_adjacent_finds_what_was_laid_out_and_nothing_else(shapes: list[list[int]], data: st.DataObject) -> None:
    arrays = [np.full(shape, float(number)) for number, shape in enumerate(shapes)]
    views = laid_out(arrays)
    for view, array in zip(views, arrays, strict=True):
        np.testing.assert_array_equal(view, array)
        assert view.shape == array.shape
    first = data.draw(st.integers(0, len(views) - 1))
    end = data.draw(st.integers(first + 1, len(views)))
    flat = adjacent(views[first:end])
    assert flat is not None
    flat += 1
    for view, array in zip(views[first:end], arrays[first:end], strict=True):
        np.testing.assert_array_equal(view, array + 1)
    if end - first > 1:
        assert adjacent(views[first:end][::-1]) is None
        assert adjacent([*views[first : end - 1], arrays[end - 1]]) is None
