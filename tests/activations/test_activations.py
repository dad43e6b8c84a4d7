"""What holds for every activation: derivative, dtype, far inputs; and formulas at chosen points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnframe import registry
from nnframe.activations import ELU, GELU, GLU, SELU, LeakyReLU, Mish, SiLU, Softmax, Softplus
from nnframe.errors import ConfigurationError, ShapeError

NAMES = sorted(registry.activations.names())
KINKS = np.array([-6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0])


@pytest.mark.parametrize("name", NAMES)
def test_the_pullback_is_the_centred_difference(name: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-8, 8, (5, 6))
    x += 0.01 * (np.abs(x[..., None] - KINKS).min(-1) < 0.01)
    activation, h, direction = registry.activations.create(name), 1e-5, rng.normal(size=(5, 6))
    y, pullback = activation.forward(x)
    dy = rng.normal(size=y.shape)
    difference = (activation.forward(x + h * direction)[0] - activation.forward(x - h * direction)[0]) / (2 * h)
    assert (pullback(dy) * direction).sum() == pytest.approx((dy * difference).sum(), rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_inputs_give_finite_numbers_of_the_same_dtype_and_no_warning(name: str, dtype: Any) -> None:
    largest = 80.0 if name == "exponential" else 1e30
    x = np.array([-1e30, -1e3, -88.7, -1e-30, 0, 1e-30, 88.7, 1e3, 1e30, 1e30], dtype).clip(None, largest)
    y, pullback = registry.activations.create(name).forward(x)
    dx = pullback(np.ones_like(y))
    assert y.dtype == dx.dtype == dtype
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"softmax", "log_softmax", "softsign", "glu", "exponential"}))
def test_an_infinite_input_gives_the_limit(name: str) -> None:
    activation = registry.activations.create(name)
    y, pullback = activation.forward(np.array([-np.inf, np.inf]))
    far, far_pullback = activation.forward(np.array([-1e300, 1e300]))
    np.testing.assert_allclose(np.clip(y, -1e9, 1e9), np.clip(far, -1e9, 1e9), atol=1e-30)
    np.testing.assert_allclose(pullback(np.ones(2)), far_pullback(np.ones(2)), atol=1e-30)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(0, 4), (2, 0, 4)])
def test_an_empty_batch_passes(name: str, shape: tuple[int, ...]) -> None:
    y, pullback = registry.activations.create(name).forward(np.ones(shape))
    assert pullback(np.ones_like(y)).shape == shape


@pytest.mark.parametrize("name", NAMES)
def test_what_is_handed_over_is_left_alone(name: str) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    x.setflags(write=False)
    y, pullback = registry.activations.create(name).forward(x)
    kept = y.copy()
    dy = np.ones_like(y)
    dy.setflags(write=False)
    np.testing.assert_array_equal(pullback(dy), pullback(dy))
    np.testing.assert_array_equal(y, kept)


def at(activation: Any, x: float) -> float:
    return float(activation.forward(np.array([x]))[0][0])


def test_formulas_at_chosen_points() -> None:
    assert at(ELU(2.0), -1.0) == pytest.approx(2 * (math.exp(-1) - 1))
    assert at(LeakyReLU(0.2), -3.0) == pytest.approx(-0.6)
    assert at(SiLU(), 1.5) == pytest.approx(1.5 / (1 + math.exp(-1.5)))
    assert at(Mish(), -0.7) == pytest.approx(-0.7 * math.tanh(math.log(1 + math.exp(-0.7))))
    assert at(GELU(), -1.2) == pytest.approx(-0.6 * (1 + math.erf(-1.2 / math.sqrt(2))))
    u = math.sqrt(2 / math.pi) * (-1.2 + 0.044715 * (-1.2) ** 3)
    assert at(GELU(approximate=True), -1.2) == pytest.approx(-0.6 * (1 + math.tanh(u)))
    assert at(Softplus(beta=3.0), 0.4) == pytest.approx(math.log(1 + math.exp(1.2)) / 3)


def test_small_values_keep_their_digits() -> None:
    assert at(ELU(), -1e-12) == pytest.approx(math.expm1(-1e-12), rel=1e-14)
    assert at(Softplus(), -40.0) == pytest.approx(math.exp(-40), rel=1e-14)
    assert at(GELU(), -10.0) == pytest.approx(-5 * math.erfc(10 / math.sqrt(2)), rel=1e-12)
    assert at(registry.activations.create("log_sigmoid"), 40.0) == pytest.approx(-math.exp(-40), rel=1e-14)


def test_selu_keeps_mean_zero_and_variance_one() -> None:
    y, _ = SELU().forward(np.random.default_rng(0).normal(size=1_000_000))
    assert y.mean() == pytest.approx(0, abs=5e-3)
    assert y.var() == pytest.approx(1, abs=5e-3)


def test_softmax_does_not_feel_a_shift() -> None:
    x = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_allclose(Softmax().forward(x + 700)[0], Softmax().forward(x)[0], rtol=1e-12)


def test_glu_refuses_an_odd_length() -> None:
    with pytest.raises(ShapeError, match="even length"):
        GLU().forward(np.ones((2, 3)))


def test_options_are_checked() -> None:
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (LeakyReLU, {"slope": 2.0}),
        (ELU, {"alpha": -1.0}),
        (Softmax, {"axis": 0.5}),
    ]
    for part, options in wrong:
        with pytest.raises(ConfigurationError, match=next(iter(options))):
            part(**options)
    with pytest.raises(ConfigurationError, match="did you mean 'approximate'"):
        registry.activations.get("gelu")(aproximate=True)  # type: ignore[call-arg]
