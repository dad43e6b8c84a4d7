"""The same layer runs on torch's arrays, unchanged."""

from __future__ import annotations

import numpy as np
import pytest

from nnframe.interfaces import Context
from nnframe.layers import Dense, Flatten
from nnframe.layers.dense import Affine
from nnframe.registry import activations

torch = pytest.importorskip("torch")
pytest.importorskip("array_api_compat")

RNG = np.random.default_rng(0)


def test_dense_runs_on_torch_and_agrees_with_its_autograd() -> None:
    x, weight, bias = (torch.tensor(RNG.normal(size=shape), requires_grad=True) for shape in ((3, 4), (4, 2), (2,)))
    upstream = torch.tensor(RNG.normal(size=(3, 2)))
    expected = torch.autograd.grad(torch.nn.functional.linear(x, weight.T, bias), (x, weight, bias), upstream)
    y, pullback = Dense(2).forward(Affine(weight.detach(), bias.detach()), x.detach(), Context())
    dx, gradient = pullback(upstream)
    assert isinstance(y, torch.Tensor)
    for ours, theirs in zip((dx, gradient.weight, gradient.bias), expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["tanh", "softmax", "relu", "sigmoid"])
def test_activations_run_on_torch(name: str) -> None:
    x = torch.tensor(RNG.normal(size=(3, 4)), requires_grad=True)
    upstream = torch.tensor(RNG.normal(size=(3, 4)))
    reference = torch.softmax(x, -1) if name == "softmax" else getattr(torch, name)(x)
    (expected,) = torch.autograd.grad(reference, x, upstream)
    y, pullback = activations.create(name).forward(x.detach())
    torch.testing.assert_close(y, reference.detach(), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(pullback(upstream), expected, rtol=1e-12, atol=1e-12)


def test_flatten_runs_on_torch() -> None:
    y, pullback = Flatten().apply(torch.zeros(2, 3, 4), Context())
    assert y.shape == (2, 12)
    assert pullback(y).shape == (2, 3, 4)
