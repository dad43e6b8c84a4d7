"""Activations against the best NumPy expression that we know, and torch: prints a Markdown table.

    python -m tests.benchmarks.elementwise

Value and input gradient of 32 · 64 · 256 numbers in float32, one thread each, the processor's time, the best of all
runs. The NumPy side is written by hand for this, with as few walks through memory as we could find.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from attrs import frozen
from nnframe_relu import ReLU
from nnframe_sigmoid import Sigmoid
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nnframe.activations import (
    CELU,
    ELU,
    GELU,
    SELU,
    Exponential,
    HardSigmoid,
    HardSwish,
    HardTanh,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    ReLU6,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from nnframe.arrays import Array
from nnframe.interfaces import Activation
from tests.benchmarks import expressions as plain
from tests.benchmarks.expressions import Pair

F = torch.nn.functional
ROUNDS, RUNS = 5, 5


@frozen
class Row:
    """One activation, the same in NumPy (value and input gradient), and in torch."""

    name: str
    ours: Activation
    plain: Callable[[Array, Array], Pair]
    theirs: Callable[[Any], Any]


ROWS = [
    Row("relu", ReLU(), plain.relu, torch.relu),
    Row("sigmoid", Sigmoid(), plain.sigmoid, torch.sigmoid),
    Row("tanh", Tanh(), plain.tanh, torch.tanh),
    Row("leaky_relu", LeakyReLU(0.01), plain.leaky_relu, F.leaky_relu),
    Row("relu6", ReLU6(), plain.relu6, F.relu6),
    Row("elu", ELU(), plain.elu, F.elu),
    Row("celu", CELU(), plain.elu, F.celu),
    Row("selu", SELU(), plain.selu, F.selu),
    Row("hard_sigmoid", HardSigmoid(), plain.hard_sigmoid, F.hardsigmoid),
    Row("hard_tanh", HardTanh(), plain.hard_tanh, F.hardtanh),
    Row("hard_swish", HardSwish(), plain.hard_swish, F.hardswish),
    Row("exponential", Exponential(), plain.exponential, torch.exp),
    Row("silu", SiLU(), plain.silu, F.silu),
    Row("mish", Mish(), plain.mish, F.mish),
    Row("softplus", Softplus(), plain.softplus, F.softplus),
    Row("log_sigmoid", LogSigmoid(), plain.log_sigmoid, F.logsigmoid),
    Row("softsign", Softsign(), plain.softsign, F.softsign),
    Row("gelu, tanh", GELU(approximate=True), plain.gelu, lambda x: F.gelu(x, approximate="tanh")),
    Row("softmax", Softmax(), plain.softmax, lambda x: F.softmax(x, -1)),
    Row("log_softmax", LogSoftmax(), plain.log_softmax, lambda x: F.log_softmax(x, -1)),
]


def _best(runs: list[Callable[[], object]]) -> list[float]:
    best = [math.inf] * len(runs)
    for _ in range(ROUNDS):
        for index, run in enumerate(runs):
            for _ in range(RUNS):
                start = time.thread_time()
                run()
                best[index] = min(best[index], time.thread_time() - start)
    return [seconds * 1e3 for seconds in best]


def main() -> None:
    torch.set_num_threads(1)
    threadpool_limits(1)
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(2, 32, 64, 256)).astype(np.float32)
    leaf, upstream = torch.tensor(x, requires_grad=True), torch.tensor(dy)
    print("| activation | nnframe, ms | NumPy, ms | torch, ms | nnframe / NumPy |\n|---|---:|---:|---:|---:|")
    for row in ROWS:
        y, pullback = row.ours.forward(x)
        for found, expected in zip((y, pullback(dy)), row.plain(x, dy), strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-5)

        def ours(row: Row = row) -> object:
            return row.ours.forward(x)[1](dy)

        def numpy(row: Row = row) -> object:
            return row.plain(x, dy)

        def theirs(row: Row = row) -> object:
            return torch.autograd.grad(row.theirs(leaf), leaf, upstream)

        a, b, c = _best([ours, numpy, theirs])
        print(f"| {row.name} | {a:.2f} | {b:.2f} | {c:.2f} | {a / b:.2f} |", flush=True)


if __name__ == "__main__":
    main()
