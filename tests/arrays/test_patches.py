"""Both ways to see all windows give the same convolution, for every kernel, stride, dilation and padding."""

import math

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given

from nnframe.arrays.windows import windows_of
from nnframe.layers import correlation

PAIR = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, object]:
    """An image, a kernel, an upstream, and the windows."""
    size = draw(st.tuples(st.integers(1, 8), st.integers(1, 8)))
    padding = draw(st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2))
    kernel = draw(PAIR)
    windows = windows_of(size, kernel, draw(PAIR), draw(PAIR), padding)
    assume(min(windows.out) > 0)
    batch, channels, filters = draw(st.integers(0, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    numbers = st.integers(-4, 4)
    x, weight, dy = (
        draw(arrays.arrays(np.float64, shape, elements=numbers))
        for shape in ((batch, *size, channels), (*kernel, channels, filters), (batch, *windows.out, filters))
    )
    return x, weight, dy, windows


@given(convolutions(), st.booleans())
def test_one_matrix_of_all_windows_gives_the_same(problem, contiguous):
    x, weight, dy, windows = problem
    x = x if contiguous else np.asfortranarray(x)
    bias = np.arange(weight.shape[3], dtype=np.float64)
    found = []
    for few in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(correlation, "few_patches", lambda *_, few=few: few)
            y = correlation.correlate(x, weight, windows, bias)
            found.append((y, correlation.weight_gradient(x, dy, windows)))
    for one, other in zip(*found, strict=True):
        assert one.shape == other.shape
        assert one.flags.c_contiguous
        np.testing.assert_array_equal(one, other)  # sums of small integers are exact


def test_what_is_large_is_cut_into_strips(monkeypatch):
    seen = []
    monkeypatch.setattr(correlation, "gather_patches", lambda x, windows: seen.append(x.shape) or _rows(x, windows))
    weight = np.ones((3, 3, 4, 2))
    for batch in (2, 64):
        windows = windows_of((14, 14), (3, 3), (1, 1), (1, 1), ((0, 0), (0, 0)))
        correlation.correlate(np.ones((batch, 14, 14, 4)), weight, windows)
    assert seen == [(2, 14, 14, 4)]


def _rows(x, windows):
    return np.zeros((len(x) * math.prod(windows.out), math.prod(windows.kernel) * x.shape[3]))
