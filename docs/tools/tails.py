"""Print how far activations and their derivatives are from the exact ones, and torch's: python docs/tools/tails.py

The exact ones are mpmath's, to 50 digits. Points lie between -700 and 700 in float64 and -85 and 85 in float32: evenly,
around 0, around the roots of derivatives, and down to the smallest normal number. A number is the largest relative
error, of the value and of the derivative; where the exact number is below the smallest normal one, it does not count.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from exact_activations import EXACT, LIMITS, compare, far_points

from nnframe import registry
from nnframe.arrays import Array

F = torch.nn.functional
COUNT = 300
THEIRS: dict[str, Any] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": lambda x, slope=0.01: F.leaky_relu(x, slope),
    "elu": lambda x, alpha=1.0: F.elu(x, alpha),
    "celu": lambda x, alpha=1.0: F.celu(x, alpha),
    "selu": F.selu,
    "exponential": torch.exp,
    "silu": F.silu,
    "mish": F.mish,
    "softplus": lambda x, beta=1.0: F.softplus(x, beta),
    "log_sigmoid": F.logsigmoid,
    "gelu": lambda x, approximate=False: F.gelu(x, approximate="tanh" if approximate else "none"),
    "softsign": F.softsign,
    "hard_sigmoid": F.hardsigmoid,
    "hard_tanh": F.hardtanh,
    "hard_swish": F.hardswish,
    "relu6": F.relu6,
}


def with_ours(name: str, options: dict[str, Any], x: Array) -> tuple[Array, Array]:
    """Return value and derivative by nnframe."""
    y, pullback = registry.activations.create(name, **options).forward(x)
    return y, pullback(np.ones_like(y))


def with_torch(name: str, options: dict[str, Any], x: Array) -> tuple[Array, Array]:
    """Return value and derivative by torch."""
    leaf = torch.tensor(x, requires_grad=True)
    y = THEIRS[name](leaf, **options)
    y.sum().backward()
    return y.detach().numpy(), leaf.grad.numpy()


def row(name: str, options: dict[str, Any], *formulas: Any) -> str:
    """Return a line of the table."""
    cells = []
    for dtype in reversed(LIMITS):
        x = far_points(dtype, np.random.default_rng(0), COUNT)
        for side in (with_ours, with_torch):
            errors = [
                compare(found, x, formula)[0] for found, formula in zip(side(name, options, x), formulas, strict=True)
            ]
            cells.append(", ".join(f"{error:.0e}" for error in errors))
    shown = ", ".join(f"{option}={value!r}" for option, value in options.items())
    return f"| `{name}{f'({shown})' if shown else ''}` | {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    print(f"| value, derivative | float64 | torch {torch.__version__} | float32 | torch |\n|---|---|---|---|---|")
    for name, options, value, slope in EXACT:
        print(row(name, options, value, slope), flush=True)


if __name__ == "__main__":
    main()
