"""Every activation that torch has agrees with torch, in value and gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import array_shapes

from nnframe import registry

torch = pytest.importorskip("torch")
F = torch.nn.functional

# torch's own hardsigmoid has 1/6, and its celu 1/alpha, in single precision also for doubles: hence relu6, and 0.5.
CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("identity", {}, lambda x: x * 1),
    ("sigmoid", {}, torch.sigmoid),
    ("relu", {}, F.relu),
    ("tanh", {}, torch.tanh),
    ("relu6", {}, F.relu6),
    ("leaky_relu", {}, F.leaky_relu),
    ("leaky_relu", {"slope": 0.3}, lambda x: F.leaky_relu(x, 0.3)),
    ("elu", {}, F.elu),
    ("elu", {"alpha": 1.7}, lambda x: F.elu(x, 1.7)),
    ("selu", {}, F.selu),
    ("celu", {}, F.celu),
    ("celu", {"alpha": 0.5}, lambda x: F.celu(x, 0.5)),
    ("gelu", {}, F.gelu),
    ("gelu", {"approximate": True}, lambda x: F.gelu(x, approximate="tanh")),
    ("silu", {}, F.silu),
    ("mish", {}, F.mish),
    ("softplus", {}, lambda x: F.softplus(x, threshold=40)),
    ("softplus", {"beta": 2.5}, lambda x: F.softplus(x, 2.5, threshold=40)),
    ("softsign", {}, F.softsign),
    ("hard_sigmoid", {}, lambda x: F.relu6(x + 3) / 6),
    ("hard_tanh", {}, F.hardtanh),
    ("hard_swish", {}, F.hardswish),
    ("exponential", {}, torch.exp),
    ("log_sigmoid", {}, F.logsigmoid),
    ("softmax", {}, lambda x: F.softmax(x, -1)),
    ("softmax", {"axis": 0}, lambda x: F.softmax(x, 0)),
    ("log_softmax", {}, lambda x: F.log_softmax(x, -1)),
    ("log_softmax", {"axis": 0}, lambda x: F.log_softmax(x, 0)),
]


def agree(ours: Any, theirs: Any, tolerance: float) -> None:
    theirs = theirs.detach().numpy()
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    ours, theirs = np.where(np.isfinite(theirs), [ours, theirs], 0)  # Far out, torch overflows where nnframe does not.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * max(1.0, float(np.abs(theirs).max(initial=0))))


def compare(name: str, options: dict[str, Any], function: Any, x: Any, tolerance: float) -> None:
    dy = np.random.default_rng(1).normal(size=x.shape).astype(x.dtype)
    leaf = torch.tensor(x, requires_grad=True)
    expected = function(leaf)
    y, pullback = registry.activations.create(name, **options).forward(x)
    agree(y, expected, tolerance)
    if expected.shape == x.shape:
        expected.backward(torch.tensor(dy))
        agree(pullback(dy), leaf.grad, tolerance)


@pytest.mark.parametrize(("name", "options", "function"), CASES)
@given(shape=array_shapes(max_dims=3, max_side=6), seed=st.integers(0, 999), scale=st.sampled_from([0.1, 1.0, 10.0]))
@settings(max_examples=20, deadline=None)
def test_values_and_gradients_agree(
    name: str, options: Any, function: Any, shape: Any, seed: int, scale: float
) -> None:
    x = np.random.default_rng(seed).normal(size=shape) * scale
    compare(name, options, function, x, 1e-10)
    compare(name, options, function, x.astype(np.float32), 3e-6)


@pytest.mark.parametrize(("name", "options", "function"), CASES)
def test_far_inputs_and_kinks_agree(name: str, options: Any, function: Any) -> None:
    kinks = [-6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0]
    far = [-1e30, -1e4, -200.0, -88.5, -50.0, 50.0, 88.0] + ([] if name == "exponential" else [1e4, 1e30])
    for dtype in (np.float64, np.float32):
        compare(name, options, function, np.array(kinks, dtype), 1e-6)
        for value in far:  # One by one, so that the scale is that of the one.
            compare(name, options, function, np.array([value, value], dtype), 1e-6)


@given(shape=array_shapes(max_dims=3, max_side=5), seed=st.integers(0, 999))
@settings(max_examples=20, deadline=None)
def test_glu_agrees(shape: tuple[int, ...], seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(2 * shape[0], *shape[1:]))
    leaf = torch.tensor(x, requires_grad=True)
    expected = F.glu(leaf, 0)
    y, pullback = registry.activations.create("glu", axis=0).forward(x)
    agree(y, expected, 1e-10)
    dy = np.random.default_rng(1).normal(size=y.shape)
    expected.backward(torch.tensor(dy))
    agree(pullback(dy), leaf.grad, 1e-10)


@pytest.mark.parametrize("name", sorted({name for name, _, _ in CASES} | {"glu"}))
def test_the_same_mathematics_runs_on_tensors(name: str) -> None:
    pytest.importorskip("array_api_compat")
    x = np.random.default_rng(0).normal(size=(3, 4))
    activation = registry.activations.create(name)
    ours, pull = activation.forward(x)
    theirs, their_pull = activation.forward(torch.tensor(x))
    agree(ours, theirs, 1e-14)
    agree(pull(ours), their_pull(theirs), 1e-14)
