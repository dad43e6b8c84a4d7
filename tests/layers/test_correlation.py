"""The linear map of convolutions and its adjoint, in every geometry, whichever of its ways is taken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.arrays.windows import windows_of
from nnframe.layers import correlation
from nnframe.layers.correlation import correlate, spread

AXIS = st.tuples(st.integers(1, 7), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), *[st.integers(0, 5)] * 2)


@pytest.mark.parametrize("few", [False, True])
@settings(max_examples=150, deadline=None)
@given(down=AXIS, across=AXIS, channels=st.integers(1, 4), filters=st.integers(1, 4), batch=st.integers(0, 2))
def test_spread_is_the_adjoint_of_correlate(
    few: bool, down: tuple[int, ...], across: tuple[int, ...], channels: int, filters: int, batch: int
) -> None:
    size, kernel, stride, dilation, before, after = zip(down, across, strict=True)
    windows = windows_of(size, kernel, stride, dilation, tuple(zip(before, after, strict=True)))
    if min(windows.out) < 1:
        return
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(batch, *size, channels)), rng.normal(size=(*kernel, channels, filters))
    dy = rng.normal(size=(batch, *windows.out, filters))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(correlation, "few_patches", lambda *_: few)
        dx, y = spread(dy, weight, windows), correlate(x, weight, windows)
    assert dx.shape == x.shape
    assert (x * dx).sum() == pytest.approx((y * dy).sum(), rel=1e-10, abs=1e-10)


def test_the_bias_is_added_either_way() -> None:
    windows = windows_of((4, 5), (3, 3), (1, 1), (1, 1), ((1, 1), (1, 1)))
    rng = np.random.default_rng(0)
    for filters in (1, 3):
        weight, dy = rng.normal(size=(3, 3, 2, filters)), rng.normal(size=(2, 4, 5, filters))
        found = spread(dy, weight, windows, np.array([1.0, 2.0])) - spread(dy, weight, windows)
        np.testing.assert_allclose(found, np.broadcast_to([1.0, 2.0], (2, 4, 5, 2)))


def test_the_adjoint_of_the_adjoint_are_the_same_windows() -> None:
    windows = windows_of((6, 7), (3, 2), (1, 1), (2, 1), ((1, 3), (0, 1)))
    assert windows.adjoint is not None
    assert windows.adjoint.adjoint == windows
    assert windows_of((6, 7), (3, 2), (2, 1), (1, 1), ((0, 0), (0, 0))).adjoint is None
    assert windows_of((6, 7), (1, 1), (1, 1), (1, 1), ((1, 0), (0, 0))).adjoint is None
