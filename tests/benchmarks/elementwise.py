"""Activations against the best NumPy expression that we know, and torch.

    python -m tests.benchmarks.elementwise

Value and input gradient of 32 · 64 · 256 numbers in float32, one thread each, the processor's time. The NumPy side is
written by hand for this, with as few walks through memory as we could find. The target: at most 1.3 times NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import Factory, field, frozen

from tests.benchmarks import expressions
from tests.benchmarks.processes import Side
from tests.benchmarks.side import Work
from tests.benchmarks.tables import MILLISECONDS, Row, compare, make_parser, print_machine

SHAPE = (32, 64, 256)


@frozen
class Activation:
    """One activation in three libraries.

    Attributes:
        name: What the row is called, and by default what all three call it.
        own, options: What nnframe's registry calls it, and its options.
        plain: The function in ``expressions``.
        theirs, their_options: What torch calls it, and its options.
    """

    name: str
    own: str = Factory(lambda self: self.name, takes_self=True)
    options: Mapping[str, Any] = field(factory=dict)
    plain: str = Factory(lambda self: self.own, takes_self=True)
    theirs: str = Factory(lambda self: self.own, takes_self=True)
    their_options: Mapping[str, Any] = field(factory=dict)


ACTIVATIONS = (
    Activation("relu"),
    Activation("sigmoid"),
    Activation("tanh"),
    Activation("leaky_relu"),
    Activation("relu6"),
    Activation("elu"),
    Activation("celu", plain="elu"),
    Activation("selu"),
    Activation("hard_sigmoid", theirs="hardsigmoid"),
    Activation("hard_tanh", theirs="hardtanh"),
    Activation("hard_swish", theirs="hardswish"),
    Activation("exponential", theirs="exp"),
    Activation("silu"),
    Activation("mish"),
    Activation("softplus"),
    Activation("log_sigmoid", theirs="logsigmoid"),
    Activation("softsign"),
    Activation("gelu, tanh", "gelu", {"approximate": True}, their_options={"approximate": "tanh"}),
    Activation("softmax", their_options={"dim": -1}),
    Activation("log_softmax", their_options={"dim": -1}),
)


def draw() -> Any:
    """Return x and the upstream."""
    return np.random.default_rng(0).normal(size=(2, *SHAPE)).astype(np.float32)


def as_call(function: Callable[[Any, Any], object]) -> Work:
    """Return the call of a function of x and the upstream."""
    x, dy = draw()
    return Work(lambda: function(x, dy))


def compute_nnframe(number: int) -> Callable[[Any, Any], Any]:
    """Return nnframe's value and input gradient as a function of x and the upstream."""
    from nnframe import registry

    row = ACTIVATIONS[number]
    activation: Any = registry.activations.create(row.own, **row.options)

    def compute(x: Any, dy: Any) -> Any:
        y, pullback = activation.forward(x)
        return y, pullback(dy)

    return compute


def compute_numpy(number: int) -> Callable[[Any, Any], Any]:
    """Return those by hand."""
    function: Callable[[Any, Any], Any] = getattr(expressions, ACTIVATIONS[number].plain)
    return function


def build_nnframe(number: int) -> Work:
    """Return nnframe's side."""
    return as_call(compute_nnframe(number))


def build_numpy(number: int) -> Work:
    """Return NumPy's side."""
    return as_call(compute_numpy(number))


def build_torch(number: int) -> Work:
    """Return torch's side."""
    import torch

    row = ACTIVATIONS[number]
    function = getattr(torch.nn.functional, row.theirs, None) or getattr(torch, row.theirs)
    x, dy = draw()
    leaf, upstream = torch.tensor(x, requires_grad=True), torch.tensor(dy)
    return Work(lambda: torch.autograd.grad(function(leaf, **row.their_options), leaf, upstream))


def make_row(number: int) -> Row:
    """The sides of an activation."""
    here = "tests.benchmarks.elementwise"
    sides = {
        "NumPy": Side(f"{here}:build_numpy", (number,), ("numpy",)),
        "nnframe": Side(f"{here}:build_nnframe", (number,)),
        "torch": Side(f"{here}:build_torch", (number,), ("torch",)),
    }
    return Row(ACTIVATIONS[number].name, sides)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    options = make_parser(__doc__, threads=1, seconds=0.3).parse_args(arguments)
    print_machine(options)
    compare([make_row(number) for number in range(len(ACTIVATIONS))], options, MILLISECONDS, together=10)


if __name__ == "__main__":
    main()
