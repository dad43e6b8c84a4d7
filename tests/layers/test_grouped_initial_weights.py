"""The fan-out of a grouped kernel is the filters of a group times the window: Glorot and Bengio 2010, equation 16."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.initializers import GlorotNormal, Orthogonal, VarianceScaling
from nnframe.interfaces import Context
from nnframe.layers import Conv1D, Conv2D


def weight(layer: Any, shape: tuple[int, ...]) -> Any:
    return layer.initialize(np.ones(shape), np.random.default_rng(0)).weight


@pytest.mark.parametrize(("channels", "filters", "groups"), [(64, 64, 1), (64, 128, 4), (64, 64, 64), (64, 128, 64)])
def test_the_variance_of_a_kernel_is_2_over_the_connections_of_a_group(
    channels: int, filters: int, groups: int
) -> None:
    """n_in = window · channels / groups, n_out = window · filters / groups, variance 2 / (n_in + n_out)."""
    expected = 2 / (25 * (channels + filters) / groups)
    image = weight(Conv2D(filters, 5, groups=groups), (1, 5, 5, channels))
    row = weight(Conv1D(filters, 25, groups=groups, weight_initializer=GlorotNormal()), (1, 25, channels))
    assert image.shape == (5, 5, channels // groups, filters)
    assert row.shape == (25, channels // groups, filters)
    assert image.var() == pytest.approx(expected, rel=0.1)
    assert row.var() == pytest.approx(expected, rel=0.15)
    assert np.abs(image).max() <= np.sqrt(3 * expected)


def test_the_fan_out_alone_counts_a_group() -> None:
    initializer = VarianceScaling(1.0, "fan_out", "normal")
    drawn = weight(Conv2D(512, 3, groups=256, weight_initializer=initializer), (1, 3, 3, 256))
    assert drawn.var() == pytest.approx(1 / (9 * 2), rel=0.1)


def test_the_output_of_a_depthwise_convolution_is_as_large_as_its_input() -> None:
    """With as many inputs as outputs of a unit, a variance of 1 stays one."""
    layer, x = Conv2D(128, 3, groups=128, use_bias=False), np.random.default_rng(1).normal(size=(4, 12, 12, 128))
    parameters = layer.initialize(x, np.random.default_rng(0))
    assert layer.forward(parameters, x, Context())[0].var() == pytest.approx(1, rel=0.15)


def test_each_group_of_an_orthogonal_kernel_is_orthogonal() -> None:
    drawn = weight(Conv1D(6, 2, groups=3, weight_initializer=Orthogonal()), (1, 4, 12))
    for group in np.split(drawn, 3, -1):
        columns = group.reshape(-1, 2)
        np.testing.assert_allclose(columns.T @ columns, np.eye(2), atol=1e-12)
