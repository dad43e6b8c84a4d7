"""Elements that move a few neighbouring outputs each: what is moved together, and that nothing is lost by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.interfaces import Context
from nnframe.layers import Conv2D, Dense, MaxPool2D, Parallel
from nnframe.verification import Verdict, verify_layer, verify_pullback
from nnframe.verification.floats.blocked import CHUNK, Pattern
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import move_elements
from nnframe.verification.sparsity.coloring import find_cover
from nnframe.verification.sparsity.detection import find_partition


def make_evaluator(call: Any, values: dict[str, Any]) -> Evaluator:
    function = FunctionUnderTest(values, call)
    output = function.compute_output(function.copy_values())
    upstream = np.random.default_rng(1).normal(size=output.shape)
    return Evaluator(function, output, [upstream], 2.0**-53)


def cut(evaluator: Evaluator, path: str = "input") -> tuple[Partition, ...]:
    return find_cover(evaluator, path, find_partition(evaluator, path, np.random.default_rng(0)))


def make_layer_evaluator(layer: Any, shape: tuple[int, ...]) -> Evaluator:
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape)
    parameters = layer.initialize(x, rng) if hasattr(layer, "initialize") else None

    def call(values: Any) -> Any:
        if parameters is None:
            return layer.run((), values["input"], Context())
        return layer.forward(parameters, values["input"], Context())

    return make_evaluator(call, {"input": x})


@pytest.mark.parametrize(
    ("layer", "parts"),
    [
        (Conv2D(2, 3), 9),
        (Conv2D(2, 3, padding="same"), 9),
        (Conv2D(2, 3, 2), 9),
        (Conv2D(2, 3, dilation=2), 25),
        (MaxPool2D(2), 4),
        (MaxPool2D(3, 1), 9),
    ],
)
def test_an_image_is_cut_into_as_many_parts_as_a_window_has_places(layer: Any, parts: int) -> None:
    evaluator = make_layer_evaluator(layer, (2, 20, 22, 3))
    cover = cut(evaluator)
    assert len(cover) == parts
    members = np.concatenate([each.members().reshape(-1) for each in cover])
    np.testing.assert_array_equal(np.sort(members), np.arange(evaluator.work["input"].size))


def test_what_is_connected_with_everything_is_not_cut() -> None:
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(40, 30))
    evaluator = make_evaluator(lambda values: (values["input"] @ weight, None), {"input": rng.normal(size=(40,))})
    assert len(cut(evaluator)) == 1


@settings(deadline=None)
@given(
    length=st.integers(30, 50),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 2),
    seed=st.integers(0, 99),
)
def test_slopes_of_parts_are_those_of_single_elements(
    length: int, kernel: int, stride: int, dilation: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=(kernel, 3))
    starts = np.arange(0, length - (kernel - 1) * dilation, stride)
    taps = starts[:, None] + dilation * np.arange(kernel)
    x = rng.normal(size=(length, 3))
    evaluator = make_evaluator(
        lambda values: (np.einsum("okc,kc->o", np.sin(values["input"][taps]), weight), None), {"input": x}
    )
    alone = Partition(x.shape, evaluator.base.shape)
    single = evaluator.measure(alone, [move_elements("input", alone, i, np.ones(1)) for i in range(x.size)], -10)
    cover = cut(evaluator)
    assert max(part.blocks for part in cover) > 1
    for part in cover:
        bundles = [move_elements("input", part, group, np.ones(part.blocks)) for group in range(part.groups)]
        difference = evaluator.measure(part, bundles, -10)
        index = part.members().reshape(-1)
        np.testing.assert_allclose(difference.plus, single.plus[:, index], rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(difference.minus, single.minus[:, index], rtol=1e-9, atol=1e-14)


def blur(p: Any, x: Any) -> Any:
    """A moving average of three along the rows of images, by hand."""

    def pullback(u: Any) -> Any:
        gradient = np.zeros_like(x)
        for shift in range(3):
            gradient[:, shift : shift + u.shape[1]] += u / 3
        return gradient, {}

    return (x[:, :-2] + x[:, 1:-1] + x[:, 2:]) / 3, pullback


def blur_with(change: Any) -> Any:
    """The same with a mistake in its input gradient, which ``change`` makes in place."""

    def wrong(p: Any, x: Any) -> Any:
        y, pullback = blur(p, x)

        def changed(u: Any) -> Any:
            gradient, rest = pullback(u)
            change(gradient)
            return gradient, rest

        return y, changed

    return wrong


def test_one_wrong_pixel_is_named_and_costs_a_handful_of_forwards() -> None:
    def change(gradient: Any) -> None:
        gradient[1, 37, 5] *= 1.01

    x = np.random.default_rng(0).normal(size=(2, 60, 8))
    right, report = verify_pullback(blur, {}, x), verify_pullback(blur_with(change), {}, x)
    assert right.passed
    assert right["input"].coverage is not None
    assert right["input"].coverage.one_by_one == x.size
    assert right.forwards < 150
    assert report["input"].verdict is Verdict.FAIL
    assert report["input"].wrong == ((1, 37, 5),)


def test_a_budget_is_kept_while_parts_are_looked_for() -> None:
    x = np.random.default_rng(0).normal(size=(2, 300, 8))
    assert verify_pullback(blur, {}, x, budget=100).forwards <= 100
    assert verify_pullback(blur, {}, x).forwards > 300


def test_a_border_that_is_forgotten_is_found() -> None:
    def change(gradient: Any) -> None:
        gradient[:, -1] = 0

    finding = verify_pullback(blur_with(change), {}, np.random.default_rng(0).normal(size=(2, 60, 8)))["input"]
    assert finding.verdict is Verdict.FAIL
    assert {index[1] for index in finding.wrong} == {59}


def test_a_connection_that_shows_at_some_points_only_does_no_harm() -> None:
    """The first number joins all outputs where it is above 10, which it is not here."""

    def function(p: Any, x: Any) -> Any:
        y = x[1:] * x[:-1] + np.where(x[0] > 10, x[0], 0.0)

        def pullback(u: Any) -> Any:
            gradient = np.append(u * x[1:], 0) + np.append(0, u * x[:-1])
            gradient[0] += u.sum() * (x[0] > 10)
            return gradient, {}

        return y, pullback

    x = np.random.default_rng(0).normal(size=(40,))
    assert verify_pullback(function, {}, x).passed
    x[0] = 11
    assert verify_pullback(function, {}, x).passed


def test_two_outputs_one_behind_the_other_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    pair = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    report = verify_layer(Parallel([Dense(4), Dense(4)]), pair)
    assert report.passed
    assert report["input.1"].coverage is not None
    assert report["input.1"].coverage.one_by_one == 20


def test_every_element_of_a_convolution_takes_few_forwards() -> None:
    report = verify_layer(Conv2D(4, 3), np.random.default_rng(0).normal(size=(2, 28, 28, 2)))
    assert report.passed
    assert report["input"].coverage is not None
    assert report["input"].coverage.one_by_one == 2 * 28 * 28 * 2
    assert report.forwards < 400


@settings(deadline=None)
@given(size=st.integers(1, 3 * CHUNK), period=st.integers(1, 5000), start=st.integers(0, 3 * CHUNK))
def test_a_pattern_reads_as_the_array_it_stands_for(size: int, period: int, start: int) -> None:
    numbers = np.random.default_rng(period).normal(size=period)
    pattern, array = Pattern(numbers, size), np.resize(numbers, size)
    piece = slice(start, start + CHUNK)
    np.testing.assert_array_equal(pattern[piece], array[piece])
    some = np.random.default_rng(0).integers(size, size=20)
    np.testing.assert_array_equal(pattern[some], array[some])
    assert len(pattern) == size
