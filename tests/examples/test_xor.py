"""The XOR example follows the classic formulation, epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

Example = Callable[[str], ModuleType]


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def classic(thetas: list[np.ndarray], x: np.ndarray, y: np.ndarray, epochs: int, eta: float) -> list[float]:
    """The classic loop: the bias as the first column of each Θ, step η Σδᵀa, without the factor 2/m."""
    thetas = [theta.copy() for theta in thetas]
    costs = []
    for _ in range(epochs):
        activations = [np.hstack([np.ones((len(x), 1)), x])]
        for theta in thetas:
            a = sigmoid(activations[-1] @ theta.T)
            activations.append(np.hstack([np.ones((len(x), 1)), a]))
        output = activations[-1][:, 1:]
        costs.append(float(np.mean((output - y) ** 2)))
        delta = (output - y) * output * (1 - output)
        for index in reversed(range(len(thetas))):
            a = activations[index]
            step = eta * delta.T @ a
            delta = (delta @ thetas[index])[:, 1:] * a[:, 1:] * (1 - a[:, 1:])
            thetas[index] = thetas[index] - step
    return costs


@pytest.mark.parametrize("sizes", [[2, 2, 1], [2, 2, 2, 1]], ids=str)
def test_the_costs_are_those_of_the_classic_loop_at_every_epoch(example: Example, sizes: list[int]) -> None:
    xor = example("xor")
    thetas = xor.draw_thetas(sizes, seed=0)
    costs = xor.train(xor.make_model(sizes, thetas))
    expected = classic(thetas, xor.X, xor.Y, 10_000, eta=0.1)
    assert len(costs) == 10_000
    np.testing.assert_allclose(costs, expected, rtol=0, atol=1e-12)


def test_two_layers_learn_for_most_seeds_and_three_mostly_do_not(example: Example) -> None:
    xor = example("xor")
    two = [xor.learned(xor.train(xor.make_model([2, 2, 1], xor.draw_thetas([2, 2, 1], seed)))) for seed in range(4)]
    three = [
        xor.learned(xor.train(xor.make_model([2, 2, 2, 1], xor.draw_thetas([2, 2, 2, 1], seed)))) for seed in range(3)
    ]
    assert sum(two) >= 3
    assert sum(three) <= 1


def test_what_frees_the_deep_one(example: Example) -> None:
    counts = example("xor").what_frees_it(range(2))
    assert counts["the classic"] == 0
    assert counts["optimizer"] == 2
    assert counts["initial values"] >= 1


def test_it_prints_gradients_costs_and_outputs(example: Example, capsys: pytest.CaptureFixture[str]) -> None:
    example("xor").show([2, 2, 1], seed=0)
    printed = capsys.readouterr().out
    for expected in ("0.weight", "2.bias", "PASS", "epoch  9,000", "1 xor 0 ="):
        assert expected in printed
