"""What the contract costs: a training step of a deep, narrow network against the same arithmetic in a plain NumPy loop.

Run it with ``python -m tests.benchmarks.overhead``. The target: at most 3 microseconds a layer and step, an activation
counted as a layer.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnframe import Model
from nnframe.layers import Dense
from nnframe.optimizers import SGD
from nnframe.training import Optimization
from tests.benchmarks.timing import best_in_turn

WIDTH, BATCH, RATE = 8, 4, 1e-3


def plain_step(weights: list[np.ndarray], biases: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> float:
    """Forward, backward and descent of a tanh network with mean squared error, as one writes it by hand."""
    activations = [x]
    for weight, bias in zip(weights, biases, strict=True):
        z = activations[-1].dot(weight)
        z += bias
        activations.append(np.tanh(z))
    error = activations[-1] - y
    loss = float(np.square(error).sum()) / error.size
    delta = error * (2 / error.size)
    for index in range(len(weights) - 1, -1, -1):
        a = activations[index + 1]
        delta = delta * (1 - a * a)
        weight_gradient = activations[index].T.dot(delta)
        bias_gradient = np.add.reduce(delta, 0)
        if index:
            delta = delta.dot(weights[index].T)
        weights[index] -= RATE * weight_gradient
        biases[index] -= RATE * bias_gradient
    return loss


def steps(layers: int) -> tuple[Callable[[], object], Callable[[], object]]:
    """The same step, by nnframe and by hand, for as many pairs of dense and tanh."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(BATCH, WIDTH)), rng.normal(size=(BATCH, WIDTH))
    model = Model([part for _ in range(layers) for part in (Dense(WIDTH), "tanh")], loss="mse", input_shape=(WIDTH,))
    optimization = Optimization(SGD(RATE), model.trained)
    weights = [each.value.copy() for each in model.trained if each.value.ndim == 2]
    biases = [each.value.copy() for each in model.trained if each.value.ndim == 1]

    def ours() -> None:
        _, gradients, _ = model.compute(x, y, model.step_context())
        optimization.step(gradients)

    return ours, lambda: plain_step(weights, biases, x, y)


def overhead(layers: int) -> tuple[float, float]:
    """Return microseconds a step by nnframe and by hand."""
    ours, plain = steps(layers)
    times = best_in_turn({"nnframe": ours, "plain": plain})
    return times["nnframe"] * 1e6, times["plain"] * 1e6


def main() -> None:
    """Print the table."""
    print("| layers | nnframe, µs a step | plain NumPy, µs a step | overhead, µs a layer and step |")
    print("|---|---|---|---|")
    for pairs in (2, 4, 8, 16):
        ours, plain = overhead(pairs)
        print(f"| {2 * pairs} | {ours:.1f} | {plain:.1f} | {(ours - plain) / (2 * pairs):.2f} |")


if __name__ == "__main__":
    main()
