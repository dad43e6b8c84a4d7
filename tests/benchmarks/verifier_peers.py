"""What the verifier is timed beside: loops of two forwards for each element, a training step, torch's gradcheck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.benchmarks.side import Work
from tests.benchmarks.verified import NETWORKS, build_model, build_wide_layer, draw_course, needle_function

__all__ = ["build_course_loop", "build_gradcheck", "build_needle_loop", "build_network_loop", "build_step"]

SOME = 100


def loop(values: Sequence[Any], loss: Callable[[], float], step: float) -> None:
    """Take the difference of the loss on both sides of each element."""
    for array in values:
        for index in np.ndindex(array.shape):
            before = array[index]
            array[index] = before + step
            high = loss()
            array[index] = before - step
            _ = (high - loss()) / (2 * step)
            array[index] = before


def build_course_loop() -> Work:
    """Return the loop of the classics over the course's network, written by hand."""
    w, x, y = draw_course()

    def loss() -> float:
        a1 = np.maximum(0, x @ w[0] + w[1])
        a2 = np.maximum(0, a1 @ w[2] + w[3])
        a = 1 / (1 + np.exp(-(a2 @ w[4] + w[5])))
        return float(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))

    return Work(lambda: loop(w, loss, 1e-7))


def build_network_loop(name: str) -> Work:
    """Return the loop over some elements of a model's largest parameter, as a part of the loop over all."""
    network = NETWORKS[name]
    model = build_model(network)
    values = max((each.value for each in model.parameters.values()), key=lambda each: each.size)
    x, y = model.prepare(network.x, network.y)

    def loss() -> float:
        return float(np.mean(model.loss.forward(model.predict(x), y)[0]))

    some = values.reshape(-1)[:SOME]
    assert np.shares_memory(some, values)
    return Work(lambda: loop([some], loss, 1e-5), steps=SOME / model.to_vector().size, warmups=1)


def build_needle_loop() -> Work:
    """Return one forward of the million, as a part of the 2,000,000 that a loop takes."""
    function, w, _ = needle_function()
    return Work(lambda: function({"w": w}, None)[0], steps=1 / (2 * w.size))


def build_step() -> Work:
    """Return a forward and a backward of the ten million parameters."""
    model, x, y = build_wide_layer()
    return Work(lambda: model.loss_and_gradients(x, y))


def build_gradcheck(name: str) -> Work:
    """Return torch's slow gradcheck of every parameter of the same network."""
    import torch

    network = NETWORKS[name]
    module = network.module(torch).double()
    names = [name for name, _ in module.named_parameters()]
    images = network.x.ndim == 4
    data, target = torch.tensor(network.x.transpose(0, 3, 1, 2) if images else network.x), torch.tensor(network.y)

    def loss(*values: Any) -> Any:
        output = torch.func.functional_call(module, dict(zip(names, values, strict=True)), data)
        return (output**2).mean() if network.output else torch.nn.functional.cross_entropy(output, target)

    def run() -> None:
        values = tuple(value.detach().clone().requires_grad_() for value in module.parameters())
        assert torch.autograd.gradcheck(loss, values)

    return Work(run, warmups=0)
