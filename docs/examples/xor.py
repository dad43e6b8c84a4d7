"""XOR: the classic backpropagation network, its gradient check, and an honest look at when it learns.

Run it with ``python docs/examples/xor.py``; the page beside it, ``xor.md``, explains what is seen.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nnframe import Model
from nnframe.initializers import Uniform
from nnframe.layers import Dense
from nnframe.optimizers import SGD, Adam
from nnframe.verification import GradientVerifier

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])

# The classic takes the step η Σδᵀa with η = 0.1 and leaves the factor 2/m of the mean of squares out.
# With m = 4 examples that is plain gradient descent with this rate:
LEARNING_RATE = 0.1 * len(X) / 2


def draw_thetas(sizes: list[int], seed: int) -> list[NDArray[np.float64]]:
    """Draw the classic's Θ: one matrix a layer, (units, 1 + inputs), the bias in the first column, from [0, 1)."""
    rng = np.random.default_rng(seed)
    return [rng.random((units, 1 + inputs)) for inputs, units in pairwise(sizes)]


def make_model(sizes: list[int], thetas: list[NDArray[np.float64]] | None = None) -> Model:
    """Make a sigmoid network with mean squared error, and put the classic's Θ into it."""
    layers = [part for units in sizes[1:] for part in (Dense(units), "sigmoid")]
    model = Model(layers, loss="mse", input_shape=(sizes[0],))
    for index, theta in enumerate(thetas or []):
        model.parameters[f"{2 * index}.weight"].value = theta[:, 1:].T
        model.parameters[f"{2 * index}.bias"].value = theta[:, 0]
    return model


def train(model: Model, epochs: int = 10_000) -> list[float]:
    """Full-batch gradient descent; returns the cost before each step."""
    history = model.fit(
        X, Y, optimizer=SGD(LEARNING_RATE), epochs=epochs, batch_size=len(X), shuffle=False, progress=False
    )
    return history["loss"]


def show(sizes: list[int], seed: int) -> list[float]:
    """Verify, train, and print the cost every 1,000 epochs and the final outputs."""
    model = make_model(sizes, draw_thetas(sizes, seed))
    print(f"\n{sizes}, seed {seed}: the gradients before training")
    print(GradientVerifier().verify(model, X, Y))
    costs = train(model)
    for epoch in range(0, len(costs), 1000):
        print(f"epoch {epoch:6,}  cost {costs[epoch]:.6f}")
    for x, output in zip(X, model.predict(X), strict=True):
        print(f"{x[0]:.0f} xor {x[1]:.0f} = {output[0]:.3f}")
    return costs


def learned(costs: list[float]) -> bool:
    """A cost below 0.05 puts every output on the right side of ½."""
    return costs[-1] < 0.05


def what_frees_it(seeds: range) -> dict[str, int]:
    """Count for how many seeds [2, 2, 2, 1] learns, as the classic has it and with one thing changed at a time."""
    sizes = [2, 2, 2, 1]
    counts = dict.fromkeys(("the classic", "initial values", "loss", "optimizer"), 0)
    for seed in seeds:
        thetas = draw_thetas(sizes, seed)
        counts["the classic"] += learned(train(make_model(sizes, thetas)))

        spread = [Dense(units, weight_initializer=Uniform(4.0)) for units in sizes[1:]]
        wide = Model([part for dense in spread for part in (dense, "sigmoid")], loss="mse", input_shape=(2,), seed=seed)
        counts["initial values"] += learned(train(wide))

        entropy = make_model(sizes, thetas)
        logits = Model(
            [*entropy.layer.layers[:-1]], loss={"name": "binary_cross_entropy", "from_logits": True}, input_shape=(2,)
        )
        logits.load_vector(entropy.to_vector())
        train(logits)
        wrong = np.abs((logits.predict(X) > 0) - Y).max()
        counts["loss"] += bool(wrong == 0)

        moved = make_model(sizes, thetas)
        history = moved.fit(X, Y, optimizer=Adam(0.05), epochs=2000, batch_size=4, shuffle=False, progress=False)
        counts["optimizer"] += learned(history["loss"])
    return counts


def main() -> None:
    """Show both networks, then what frees the one that is stuck."""
    show([2, 2, 1], seed=0)
    show([2, 2, 2, 1], seed=0)
    seeds = range(5)
    print(f"\nHow often [2, 2, 2, 1] learns, of {len(seeds)} seeds:")
    for change, count in what_frees_it(seeds).items():
        print(f"  {change:15} {count}")


if __name__ == "__main__":
    main()
