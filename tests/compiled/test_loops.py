"""What compiled loops compute is what NumPy computes: as Python runs them, and as numba compiles them."""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from nnframe import compiled
from nnframe.arrays import Array
from nnframe.compiled import compiles, loop
from nnframe.interfaces import AnyLayer, Context, Optimizer
from nnframe.layers import (
    LSTM,
    Activation,
    BatchNorm,
    Conv1D,
    Conv2D,
    ConvTranspose2D,
    GroupNorm,
    LayerNorm,
    MaxPool1D,
    MaxPool2D,
    RMSNorm,
    correlation,
)
from nnframe.optimizers import SGD, Adam, AdamW
from nnframe.verification import verify_layer
from tests.layers.harness import SCALE, arrays_of, built

OPTIONS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DTYPES = st.sampled_from(["float64", "float32"])
LAYERS: list[tuple[AnyLayer, tuple[int, ...]]] = [
    (LayerNorm(), (3, 4, 5)),
    (RMSNorm(), (3, 4, 5)),
    (GroupNorm(3), (2, 4, 3, 6)),
    (GroupNorm(1), (3, 4)),
    (BatchNorm(), (4, 3, 5)),
    (BatchNorm(), (6, 2)),
    (LSTM(3, return_sequences=True), (2, 5, 4)),
    (LSTM(2, backwards=True), (3, 4, 2)),
    (Conv1D(5, 3, padding="causal", dilation=2), (2, 9, 4)),
    (Conv2D(5, 3, padding=1), (2, 6, 5, 4)),
    (Conv2D(4, (2, 3), (2, 1), ((0, 2), (1, 0))), (2, 6, 7, 4)),
    (Conv2D(4, 3, 2, 1, dilation=2), (2, 9, 8, 5)),
    (Conv2D(4, 3, padding=1, groups=4), (2, 5, 6, 4)),
    (Conv2D(6, (3, 2), (2, 1), padding=((2, 1), (0, 3)), dilation=(1, 2), groups=3), (2, 7, 6, 3)),
    (MaxPool2D(2), (2, 4, 6, 8)),
    (MaxPool2D((3, 4)), (2, 6, 8, 4)),
    (MaxPool2D((1, 2)), (2, 3, 4, 5)),
    (MaxPool2D((2, 1)), (2, 4, 3, 5)),
    (MaxPool2D(2), (2, 5, 7, 8)),
    (MaxPool2D(2, padding=((1, 0), (0, 0))), (2, 4, 6, 8)),
    (MaxPool2D((3, 2), (2, 1), padding=(1, 1)), (2, 5, 6, 9)),
    (MaxPool1D(3, 2, padding="same"), (2, 8, 8)),
    (Activation("relu"), (3, 4, 5)),
    (ConvTranspose2D(5, 3, 2, 1, output_padding=1), (2, 4, 5, 4)),
]
OPTIMIZERS: list[Optimizer[Any]] = [SGD(), SGD(momentum=0.9), Adam(), AdamW()]


def everything(layer: AnyLayer, x: Array, dtype: str) -> dict[str, Array]:
    """The output and every gradient, in training, at parameters where nothing is special."""
    parameters = built(layer, x.astype("float64"), 0, dtype)
    y, pullback = layer.run(parameters, x.astype(dtype), Context(training=True))
    dx, gradient = pullback(np.random.default_rng(1).normal(size=np.shape(y)).astype(dtype))
    return {"y": np.asarray(y), "dx": np.asarray(dx), **arrays_of(gradient)}


@pytest.fixture(params=["written", "compiled"])
def loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Loops run wherever they can, however short; returns the names of those that have run."""
    ran: list[str] = []
    if request.param == "compiled":
        pytest.importorskip("numba")
    else:
        monkeypatch.setattr(loop, "compiler", lambda: lambda written: written)
    call = loop.Loop.__call__

    def noted(self: Any, *arguments: Any) -> None:
        ran.append(self.__name__)
        if request.param == "compiled":
            call(self, *arguments)
        else:
            self.written(*arguments)

    monkeypatch.setattr(loop.Loop, "__call__", noted)
    monkeypatch.setattr(loop, "_LONG", 0)
    monkeypatch.setattr(correlation, "few_patches", lambda *_: False)
    return ran


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=str)
@OPTIONS
@given(dtype=DTYPES, seed=st.integers(0, 99), level=st.sampled_from([0.0, 1.0, 30.0]))
def test_a_layer_computes_the_same_with_and_without_them(
    loops: list[str], layer: AnyLayer, shape: tuple[int, ...], dtype: str, seed: int, level: float
) -> None:
    x = np.random.default_rng(seed).normal(level, 1.0, shape)
    with pytest.MonkeyPatch.context() as without:
        without.setattr(loop, "_LONG", x.size + 10**6)
        expected = everything(layer, x, "float64")
    loops.clear()
    found = everything(layer, x, dtype)
    assert loops
    for name, array in found.items():
        assert array.dtype == dtype, name
        scale = max(float(np.abs(expected[name]).max()), 1.0) * (1 + level)  # A level costs digits in any arithmetic.
        np.testing.assert_allclose(array, expected[name], rtol=0, atol=SCALE[dtype] * scale, err_msg=name)


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=str)
def test_a_layer_passes_the_verifier_with_them(loops: list[str], layer: AnyLayer, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    report = verify_layer(layer, x, parameters=built(layer, x))
    assert loops
    assert report.passed, report


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=str)
def test_what_is_not_a_number_stays_so(loops: list[str], layer: AnyLayer, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    x.flat[x.size // 2] = np.nan
    with np.errstate(invalid="ignore"):
        found = everything(layer, x, "float64")
    with pytest.MonkeyPatch.context() as without:
        without.setattr(loop, "_LONG", 10**6)
        expected = everything(layer, x, "float64")
    np.testing.assert_array_equal(np.isnan(found["y"]), np.isnan(expected["y"]))
    for name, array in found.items():
        assert np.isnan(array).any() == np.isnan(expected[name]).any(), name


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=str)
def test_the_other_byte_order_is_left_to_numpy(loops: list[str], layer: AnyLayer, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    found = everything(layer, x, np.dtype("float64").newbyteorder("S").str)
    for name, array in everything(layer, x, "float64").items():
        np.testing.assert_allclose(found[name], array, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
@OPTIONS
@given(dtype=DTYPES, seed=st.integers(0, 99))
def test_an_optimizer_takes_the_same_steps_with_and_without_them(
    loops: list[str], optimizer: Optimizer[Any], dtype: str, seed: int
) -> None:
    def walked(dtype: str) -> Array:
        rng = np.random.default_rng(seed)
        value, slots = rng.normal(size=(3, 5)).astype(dtype), optimizer.initialize(np.zeros((3, 5), dtype))
        for step in range(1, 9):
            optimizer.update(value, rng.normal(size=(3, 5)).astype(dtype), slots, step, 0.1)
        return value

    with pytest.MonkeyPatch.context() as without:
        without.setattr(loop, "_LONG", 10**6)
        expected = walked("float64")
    loops.clear()
    found = walked(dtype)
    assert loops
    np.testing.assert_allclose(found, expected, rtol=0, atol=SCALE[dtype] * 10)


def test_short_arrays_and_those_of_other_kinds_are_left_to_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "compiler", lambda: lambda written: written)
    long = np.zeros((200, 200))
    assert compiles(long)
    assert compiles(long, np.zeros(3))
    assert not compiles(np.zeros(3), long)
    assert not compiles(long.T)
    assert not compiles(long, np.zeros(3, np.float32))
    assert not compiles(long.astype(np.float16))
    assert not compiles(long.astype(long.dtype.newbyteorder("S")))
    assert not compiles(np.ma.masked_array(long))


@pytest.mark.parametrize(("setting", "there"), [("0", False), ("1", True)])
def test_they_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, setting: str, there: bool) -> None:
    pytest.importorskip("numba")
    monkeypatch.setenv("NNFRAME_COMPILED", setting)
    loop.compiler.cache_clear()
    try:
        assert compiles(np.zeros(1 << 15)) is there
    finally:
        loop.compiler.cache_clear()


def test_without_numba_numpy_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    loop.compiler.cache_clear()
    try:
        assert not compiles(np.zeros(1 << 15))
        assert everything(LayerNorm(), np.ones((8, 64, 64)), "float32")["y"].shape == (8, 64, 64)
    finally:
        loop.compiler.cache_clear()


def test_the_parts_above_call_every_loop_there_is(loops: list[str]) -> None:
    for layer, shape in LAYERS:
        everything(layer, np.random.default_rng(0).normal(size=shape), "float64")
    for optimizer in OPTIMIZERS:
        optimizer.update(np.ones(1), np.ones(1), optimizer.initialize(np.ones(1)), 1, 0.1)
    modules = [import_module(f"{compiled.__name__}.{each.name}") for each in iter_modules(compiled.__path__)]
    there = {name for module in modules for name, each in vars(module).items() if isinstance(each, loop.Loop)}
    assert set(loops) == there
