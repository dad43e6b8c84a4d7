"""The evaluator moves elements in place, block by block, and puts them back to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from nnframe.verification.floats.blocked import CHUNK, Pattern, add_in_pieces
from nnframe.verification.floats.step_scale import repeat_scaled
from nnframe.verification.function.function import FunctionUnderTest, Values
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.perturbation import Bundle, Move


def test_a_large_array_is_shifted_by_a_pattern_as_by_an_array() -> None:
    value = np.random.default_rng(0).normal(size=3 * CHUNK)
    shift = repeat_scaled(value.size, np.array([0.5, -0.25, 0.125]), np.broadcast_to(2.0, value.size))
    assert isinstance(shift, Pattern)
    expected = value + np.resize([1.0, -0.5, 0.25], value.size)
    add_in_pieces(value, shift)
    np.testing.assert_array_equal(value, expected)


@pytest.mark.parametrize("size", [5, CHUNK + 3, 3 * CHUNK])
@pytest.mark.parametrize("refuses", [False, True])
def test_what_moved_is_put_back_to_the_last_bit(size: int, refuses: bool) -> None:
    value = np.random.default_rng(0).normal(size=size).astype(np.float32)
    before, seen = value.tobytes(), []

    def call(values: Values) -> tuple[object, None]:
        seen.append(values["w"].copy())
        if refuses:
            raise ArithmeticError
        return values["w"].sum(), None

    function = FunctionUnderTest({"w": value}, call)  # type: ignore[arg-type]
    evaluator = Evaluator(function, np.array(0.0, np.float32), [np.ones((), np.float32)], 2.0**-24)
    for index in (slice(None), slice(1, size - 1), np.array([0, size - 1])):
        count = len(index) if isinstance(index, np.ndarray) else len(range(*index.indices(size)))
        bundle = Bundle((Move("w", index, np.full(count, 0.5, np.float32)),))
        expected = value.copy()
        expected[index] += np.float32(0.125)
        assert (evaluator.evaluate(bundle, 0.25) is None) == refuses
        np.testing.assert_array_equal(seen[-1], expected)
        assert evaluator.work["w"].tobytes() == value.tobytes() == before
