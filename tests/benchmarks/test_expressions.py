"""The expressions beside nnframe's activations compute the same, wherever their derivatives have digits."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.elementwise import ACTIVATIONS, compute_nnframe, compute_numpy


@pytest.mark.parametrize("number", range(len(ACTIVATIONS)), ids=lambda number: ACTIVATIONS[number].name)
def test_an_expression_is_the_activation(number: int) -> None:
    x, dy = np.random.default_rng(0).normal(size=(2, 32, 64)).astype(np.float32)
    for found, expected in zip(compute_numpy(number)(x, dy), compute_nnframe(number)(x, dy), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)
