"""Every optimizer that torch has agrees with torch, step for step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from nnframe import registry

torch = pytest.importorskip("torch")
optim = torch.optim

CASES: list[tuple[str, dict[str, Any], Any, dict[str, Any]]] = [
    ("sgd", {}, optim.SGD, {}),
    ("sgd", {"momentum": 0.9}, optim.SGD, {"momentum": 0.9}),
    ("sgd", {"momentum": 0.8, "nesterov": True}, optim.SGD, {"momentum": 0.8, "nesterov": True}),
    ("rmsprop", {}, optim.RMSprop, {}),
    ("rmsprop", {"rho": 0.9, "centred": True}, optim.RMSprop, {"alpha": 0.9, "centered": True}),
    ("rmsprop", {"momentum": 0.5, "centred": True}, optim.RMSprop, {"momentum": 0.5, "centered": True}),
    ("adagrad", {}, optim.Adagrad, {}),
    ("adagrad", {"start": 0.1}, optim.Adagrad, {"initial_accumulator_value": 0.1}),
    ("adadelta", {}, optim.Adadelta, {}),
    ("adam", {}, optim.Adam, {}),
    ("adam", {"beta1": 0.7, "beta2": 0.9, "epsilon": 1e-3}, optim.Adam, {"betas": (0.7, 0.9), "eps": 1e-3}),
    ("adam", {"amsgrad": True, "beta2": 0.9}, optim.Adam, {"amsgrad": True, "betas": (0.9, 0.9)}),
    ("adamw", {}, optim.AdamW, {}),
    ("adamw", {"decay": 0.2}, optim.AdamW, {"weight_decay": 0.2}),
    ("adamax", {}, optim.Adamax, {}),
    ("nadam", {}, optim.NAdam, {}),
    ("nadam", {"beta1": 0.5, "warming": 0.1}, optim.NAdam, {"betas": (0.5, 0.999), "momentum_decay": 0.1}),
    ("radam", {}, optim.RAdam, {}),
    ("radam", {"beta2": 0.9}, optim.RAdam, {"betas": (0.9, 0.9)}),
]


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    """Let torch's NAdam multiply its momenta in double precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize(("name", "options", "theirs", "their_options"), CASES)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 2e-4)])
def test_two_hundred_steps_agree(
    name: str, options: Any, theirs: Any, their_options: Any, dtype: Any, tolerance: float
) -> None:
    rng = np.random.default_rng(0)
    rate = 0.01
    ours = rng.normal(size=(3, 4)).astype(dtype)
    tensor = torch.tensor(ours.copy(), requires_grad=True)
    optimizer = registry.optimizers.create(name, learning_rate=rate, **options)
    reference = theirs([tensor], lr=rate, **their_options)
    slots = optimizer.initialize(ours)
    goal = rng.normal(size=(3, 4)).astype(dtype)
    for step in range(1, 201):
        noise = rng.normal(size=(3, 4)).astype(dtype)
        tensor.grad = torch.tensor(tensor.detach().numpy() - goal + noise)
        optimizer.update(ours, ours - goal + noise, slots, step, rate)
        reference.step()
        np.testing.assert_allclose(ours, tensor.detach().numpy(), rtol=0, atol=tolerance, err_msg=f"step {step}")
