"""What layers compute does not depend on how many threads compute it."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from nnframe.composition.tree import convert
from nnframe.interfaces import AnyLayer, Builder, Context
from nnframe.layers import BatchNorm, Conv2D, GroupNorm, LayerNorm


def gradient_arrays(gradient: Any) -> list[Any]:
    return list(attrs.astuple(gradient, recurse=False))


@pytest.mark.parametrize(
    "layer",
    [LayerNorm(), GroupNorm(4), BatchNorm(), Conv2D(16, 3, padding=1, groups=16)],
    ids=str,
)
def test_results_are_the_same_to_the_last_bit(layer: AnyLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(2, 32, 28, 28, 16)).astype(np.float32)
    parameters, _ = layer.build(x.astype(np.float64), Builder(rng))
    values = convert(parameters, lambda array: np.asarray(array, np.float32))
    found = []
    for threads in ("1", "2"):
        monkeypatch.setenv("NNFRAME_THREADS", threads)
        y, pullback = layer.run(values, x, Context(training=True))
        dx, gradient = pullback(dy)
        arrays = [each for each in gradient_arrays(gradient) if each is not None]
        found.append([y, dx, *arrays])
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)
