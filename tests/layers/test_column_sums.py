"""The bias gradient of a convolution: the sum over images and places, whichever way it is added up."""

import numpy as np
import pytest

from nnframe.layers.correlation import column_sums


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "shape", [(0, 3, 3, 2), (2, 3, 3, 2), (8, 64, 64, 7), (8, 60_000, 2), (7, 64, 64, 8), (30_000, 10)]
)
def test_it_is_the_sum_over_all_axes_but_the_last(shape: tuple[int, ...], dtype: str) -> None:
    dy = np.random.default_rng(0).normal(1, 1, shape).astype(dtype)
    expected = dy.astype("float64").reshape(-1, shape[-1]).sum(0) if dy.size else np.zeros(shape[-1])
    found = column_sums(dy)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=1e-5 if dtype == "float32" else 1e-12)
