"""Very large variables: what is not copied, and that nothing is lost by it."""

from __future__ import annotations

import tracemalloc

import numpy as np

from nnframe import Model
from nnframe.layers import Dense
from nnframe.verification import GradientVerifier
from nnframe.verification.floats.blocked import CHUNK, Pattern
from nnframe.verification.floats.shifted import Shifted
from nnframe.verification.floats.step_scale import patterned
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.perturbation import Bundle, Move


def test_a_large_array_is_shifted_by_a_pattern_as_by_an_array() -> None:
    value = np.random.default_rng(0).normal(size=(3, CHUNK))
    scales = np.broadcast_to(2.0, value.size)
    shift = patterned(value.size, np.array([0.5, -0.25, 0.125]), scales)
    assert isinstance(shift, Pattern)
    expected = value.reshape(-1) + np.resize([1.0, -0.5, 0.25], value.size)
    moved = Shifted(value, shift)
    np.testing.assert_array_equal(moved.array().reshape(-1), expected)
    np.testing.assert_array_equal(moved.part(slice(7, None))[CHUNK : CHUNK + 5], expected[CHUNK + 7 : CHUNK + 12])


def test_a_large_point_close_by_is_kept_once_and_put_back_to_the_last_bit() -> None:
    value = np.random.default_rng(0).normal(size=9 * CHUNK).astype(np.float32)
    subject = FunctionUnderTest(
        {"w": value}, lambda values: (values["w"].sum(), lambda u: {"w": np.full(value.shape, u)})
    )
    there = subject.at({"w": Shifted(value, patterned(value.size, np.array([0.3, -0.7]), np.full(value.size, 0.1)))})
    assert there.lent is not None
    assert there.lent["w"] is there.values["w"]
    before = there.values["w"].tobytes()
    probe = Evaluator(there, np.array(0.0, np.float32), [np.ones((), np.float32)], 2.0**-24)
    for rows in (slice(None), slice(5, 9 * CHUNK - 5)):
        signs = np.ones(len(range(*rows.indices(value.size))), np.float32)
        assert probe.output(Bundle((Move("w", rows, signs),)), 0.25) is not None
        assert there.values["w"].tobytes() == before


def test_memory_for_a_large_layer_stays_below_four_times_its_parameters() -> None:
    width = 2400
    model = Model([Dense(width)], loss="mse", input_shape=(width,))
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 2, width))
    GradientVerifier().verify(Model([Dense(2)], loss="mse", input_shape=(2,)), x[:, :2], y[:, :2])
    tracemalloc.start()
    try:
        assert GradientVerifier().verify(model, x, y).passed
        assert tracemalloc.get_traced_memory()[1] < 4 * model.to_vector().nbytes
    finally:
        tracemalloc.stop()
