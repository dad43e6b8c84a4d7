"""Recurrent layers add: verified, then right on fresh pairs, and on numbers four times as long."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from nnframe.layers import GRU, LSTM, SimpleRNN

Example = Callable[[str], ModuleType]


def test_the_data_are_numbers_and_their_sums(example: Example) -> None:
    first, second, sums = example("addition").draw(50, 20, np.random.default_rng(0))
    for a, b, both in zip(first.tolist(), second.tolist(), sums.tolist(), strict=True):
        assert int("".join(map(str, a[::-1]))) + int("".join(map(str, b[::-1]))) == int("".join(map(str, both[::-1])))


@pytest.mark.parametrize("layer", [LSTM, GRU, SimpleRNN])
def test_every_gradient_through_time_is_right(example: Example, layer: type[LSTM]) -> None:
    addition = example("addition")
    assert addition.verify(addition.make_model(layer(32, return_sequences=True), seed=0), seed=0).passed


@pytest.mark.parametrize(("layer", "least"), [(LSTM, 0.999), (GRU, 0.99), (SimpleRNN, 0.99)])
def test_it_learns_to_add_numbers_of_any_length(example: Example, layer: type[LSTM], least: float) -> None:
    addition = example("addition")
    model = addition.make_model(layer(32, return_sequences=True), seed=0)
    assert addition.accuracy(model, 8, seed=0)[1] < 0.01  # By chance no sum is right.
    addition.train(model, seed=0)
    for places in (8, 32):
        digits, sums = addition.accuracy(model, places, seed=0)
        assert digits > 1 - (1 - least) / 5
        assert sums > least


def test_a_carry_runs_through_every_place(example: Example) -> None:
    addition = example("addition")
    model = addition.make_model(LSTM(32, return_sequences=True), seed=0)
    addition.train(model, seed=0)
    for a, b in ((99_999_999, 1), (5, 7), (0, 0), (10**30 - 1, 1), (123_456_789, 987_654_321)):
        assert addition.add(model, a, b) == a + b
