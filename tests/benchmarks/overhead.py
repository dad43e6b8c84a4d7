"""The cost of the contract: a step of a deep, narrow network, beside the same arithmetic in a plain NumPy loop.

    python -m tests.benchmarks.overhead

One thread each, the processor's time. The target: at most 3 microseconds a layer and step, an activation counted as a
layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.benchmarks.processes import Side
from tests.benchmarks.side import Work
from tests.benchmarks.tables import MICROSECONDS, Found, Row, compare, make_parser, print_machine

WIDTH, BATCH, RATE = 8, 4, 1e-3
PAIRS = (2, 4, 8, 16)


def step_by_hand(weights: list[Any], biases: list[Any], x: Any, y: Any) -> float:
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


def draw(pairs: int) -> tuple[list[Any], list[Any], Any, Any]:
    """Return weights, biases, x and y for as many pairs of dense and tanh."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, BATCH, WIDTH))
    return [*rng.normal(size=(pairs, WIDTH, WIDTH)) / np.sqrt(WIDTH)], [*np.zeros((pairs, WIDTH))], x, y


def build_nnframe(pairs: int) -> Work:
    """Return a step with the model's loop of one's own."""
    from nnframe import Model
    from nnframe.layers import Dense
    from nnframe.optimizers import SGD
    from nnframe.training import Optimization

    weights, biases, x, y = draw(pairs)
    model = Model([part for _ in range(pairs) for part in (Dense(WIDTH), "tanh")], loss="mse", input_shape=(WIDTH,))
    model.load_vector(np.concatenate([each.ravel() for pair in zip(weights, biases, strict=True) for each in pair]))
    optimization = Optimization(SGD(RATE), model.trained)

    def step() -> object:
        loss, gradients, _ = model.compute(x, y, model.step_context())
        optimization.step(gradients)
        return loss

    return Work(step)


def build_by_hand(pairs: int) -> Work:
    """Return the same step by hand."""
    weights, biases, x, y = draw(pairs)
    return Work(lambda: step_by_hand(weights, biases, x, y))


def make_row(pairs: int) -> Row:
    """The sides for as many pairs of layers, and the difference a layer."""
    sides = {
        "nnframe": Side("tests.benchmarks.overhead:build_nnframe", (pairs,)),
        "by hand": Side("tests.benchmarks.overhead:build_by_hand", (pairs,), ("numpy",)),
    }

    def more(found: Found) -> str:
        return f"{(found['nnframe'].median - found['by hand'].median) * 1e6 / (2 * pairs):.2f}"

    return Row(f"{2 * pairs} layers", sides, more)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    options = make_parser(__doc__, threads=1).parse_args(arguments)
    print_machine(options)
    rows = [make_row(pairs) for pairs in PAIRS]
    compare(rows, options, MICROSECONDS, together=len(rows), last="more, µs a layer")


if __name__ == "__main__":
    main()
