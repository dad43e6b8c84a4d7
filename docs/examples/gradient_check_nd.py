"""Gradient checking in N dimensions: the course notebook's network, by hand and as a Model.

Run it with ``python docs/examples/gradient_check_nd.py``; the page beside it explains what is seen. With
``--plot FILE`` it also draws the error over the step size.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nnframe import Model
from nnframe.layers import Dense
from nnframe.verification import VerificationReport, verify_gradient

Array = NDArray[np.float64]
Values = Mapping[str, Array]
STEP = 1e-7


def draw() -> tuple[Array, Array, dict[str, Array]]:
    """Draw the notebook's data and parameters: X (4, 3), y (1, 3), and W (units, inputs), b (units, 1) of a 4-5-3-1."""
    np.random.seed(1)  # noqa: NPY002
    x = np.random.randn(4, 3)  # noqa: NPY002
    y = np.array([[1.0, 1.0, 0.0]])
    shapes = {"W1": (5, 4), "b1": (5, 1), "W2": (3, 5), "b2": (3, 1), "W3": (1, 3), "b3": (1, 1)}
    return x, y, {name: np.random.randn(*shape) for name, shape in shapes.items()}  # noqa: NPY002


def activate(values: Values, x: Array) -> tuple[Array, Array, Array]:
    """ReLU, ReLU, and what goes into the sigmoid."""
    a1 = np.maximum(0, values["W1"] @ x + values["b1"])
    a2 = np.maximum(0, values["W2"] @ a1 + values["b2"])
    return a1, a2, values["W3"] @ a2 + values["b3"]


def cost(values: Values, x: Array, y: Array) -> float:
    """-mean(y log a + (1 - y) log(1 - a)), as the notebook writes it."""
    a = 1 / (1 + np.exp(-activate(values, x)[2]))
    return float(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))


def stable_cost(values: Values, x: Array, y: Array) -> float:
    """The same cost from the logits: log(1 + e^z) - yz, in a form that loses no digits."""
    z = activate(values, x)[2]
    return float(np.mean(np.logaddexp(0, z) - y * z))


def gradient(values: Values, x: Array, y: Array) -> dict[str, Array]:
    """Backpropagation, written by hand."""
    a1, a2, z3 = activate(values, x)
    dz3 = (1 / (1 + np.exp(-z3)) - y) / x.shape[1]
    dz2 = (values["W3"].T @ dz3) * (a2 > 0)
    dz1 = (values["W2"].T @ dz2) * (a1 > 0)
    pairs = (("1", dz1, x), ("2", dz2, a1), ("3", dz3, a2))
    found = {}
    for number, dz, inputs in pairs:
        found[f"W{number}"] = dz @ inputs.T
        found[f"b{number}"] = dz.sum(axis=1, keepdims=True)
    return found


def check(*, stable: bool = False, step: float = STEP) -> VerificationReport:
    """The notebook's check: every element by centred differences, and one norm over all of them."""
    x, y, values = draw()
    chosen = stable_cost if stable else cost
    return verify_gradient(lambda v: chosen(v, x, y), gradient(values, x, y), values, formula="central", step=step)


def make_model() -> tuple[Model, Array, Array]:
    """The same network as a Model; examples are rows here, so everything is transposed."""
    x, y, values = draw()
    model = Model(
        [Dense(5), "relu", Dense(3), "relu", Dense(1)],
        loss={"name": "binary_cross_entropy", "from_logits": True},
        input_shape=(4,),
    )
    for layer, number in (("0", "1"), ("2", "2"), ("4", "3")):
        model.parameters[f"{layer}.weight"].value = values[f"W{number}"].T
        model.parameters[f"{layer}.bias"].value = values[f"b{number}"][:, 0]
    return model, x.T, y.T


def step_curve(*, stable: bool) -> list[tuple[float, float]]:
    """The relative difference over the step size."""
    steps = [10.0**-exponent for exponent in np.arange(1, 12.5, 0.5)]
    return [(step, check(stable=stable, step=step).relative_difference) for step in steps]


def plot(path: str) -> None:
    """Draw both curves: on the right truncation, on the left round-off."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for stable, label in ((False, "log(1 - a), as the notebook writes it"), (True, "from the logits, stable")):
        steps, errors = zip(*step_curve(stable=stable), strict=True)
        axes.loglog(steps, errors, marker="o", markersize=3, label=label)
    axes.axvline(STEP, color="grey", linewidth=0.8)
    axes.text(STEP * 1.3, axes.get_ylim()[1] / 3, "the notebook's step", fontsize=8, color="grey", va="top")
    axes.set(xlabel="step", ylabel="relative difference", title="The same right gradient, checked with other steps")
    axes.legend()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Print the three numbers, then what nnframe says by itself."""
    print(f"as the notebook has it  {check().relative_difference:.14e}")
    print(f"with the stable cost    {check(stable=True).relative_difference:.2e}")
    print(f"and a better step       {check(stable=True, step=1e-5).relative_difference:.2e}")
    model, x, y = make_model()
    print(model.verify(x, y))
    if len(sys.argv) == 3 and sys.argv[1] == "--plot":
        plot(sys.argv[2])


if __name__ == "__main__":
    main()
