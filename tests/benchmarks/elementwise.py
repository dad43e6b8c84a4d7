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
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nnframe.activations import ELU, GELU, LeakyReLU, SiLU, Softmax, Softplus, Softsign, Tanh
from nnframe.arrays import Array
from nnframe.interfaces import Activation

F = torch.nn.functional
ROUNDS, RUNS = 5, 5


@frozen
class Row:
    """One activation, the same in NumPy (value and input gradient), and in torch."""

    name: str
    ours: Activation
    plain: Callable[[Array, Array], tuple[Array, Array]]
    theirs: Callable[[Any], Any]


def tanh(x: Array, dy: Array) -> tuple[Array, Array]:
    y = np.tanh(x)
    d = y * y
    np.subtract(1, d, out=d)
    d *= dy
    return y, d


def leaky_relu(x: Array, dy: Array) -> tuple[Array, Array]:
    y = np.maximum(x, x * np.float32(0.01))
    d = (x > 0) * np.float32(0.99)
    d += np.float32(0.01)
    d *= dy
    return y, d


def elu(x: Array, dy: Array) -> tuple[Array, Array]:
    y = np.minimum(x, 0)
    np.expm1(y, out=y)
    d = y + 1
    d *= dy
    y += np.maximum(x, 0)
    return y, d


def silu(x: Array, dy: Array) -> tuple[Array, Array]:
    gate = np.maximum(x, -87)  # e⁻ˣ would overflow below.
    np.negative(gate, out=gate)
    np.exp(gate, out=gate)
    gate += 1
    np.reciprocal(gate, out=gate)
    y = x * gate
    d = 1 - gate
    d *= y
    d += gate
    d *= dy
    return y, d


def softplus(x: Array, dy: Array) -> tuple[Array, Array]:
    e = np.exp(-np.abs(x))
    y = np.log1p(e)
    y += np.maximum(x, 0)
    d = np.negative(y)
    np.exp(d, out=d)  # σ(x) = 1 - exp(-softplus x)
    np.subtract(1, d, out=d)
    d *= dy
    return y, d


def softsign(x: Array, dy: Array) -> tuple[Array, Array]:
    n = np.abs(x)
    n += 1
    y = x / n
    n *= n
    return y, np.divide(dy, n, out=n)


def gelu(x: Array, dy: Array) -> tuple[Array, Array]:
    c = np.float32(2 * math.sqrt(2 / math.pi))
    square = x * x
    u = square * np.float32(-0.044715) * c
    u -= c
    u *= x
    gate = np.exp(u, out=u)
    gate += 1
    np.reciprocal(gate, out=gate)
    y = x * gate
    square *= np.float32(3 * 0.044715) * c
    square += c
    square *= y
    square *= 1 - gate
    square += gate
    square *= dy
    return y, square


def softmax(x: Array, dy: Array) -> tuple[Array, Array]:
    y = x - x.max(-1, keepdims=True)
    np.exp(y, out=y)
    y /= (y @ np.ones(y.shape[-1], y.dtype))[..., None]
    d = dy - np.vecdot(dy, y)[..., None]
    d *= y
    return y, d


ROWS = [
    Row("tanh", Tanh(), tanh, torch.tanh),
    Row("leaky_relu", LeakyReLU(0.01), leaky_relu, F.leaky_relu),
    Row("elu", ELU(), elu, F.elu),
    Row("silu", SiLU(), silu, F.silu),
    Row("softplus", Softplus(), softplus, F.softplus),
    Row("softsign", Softsign(), softsign, F.softsign),
    Row("gelu, tanh", GELU(approximate=True), gelu, lambda x: F.gelu(x, approximate="tanh")),
    Row("softmax", Softmax(), softmax, lambda x: F.softmax(x, -1)),
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

        def plain(row: Row = row) -> object:
            return row.plain(x, dy)

        def theirs(row: Row = row) -> object:
            return torch.autograd.grad(row.theirs(leaf), leaf, upstream)

        a, b, c = _best([ours, plain, theirs])
        print(f"| {row.name} | {a:.2f} | {b:.2f} | {c:.2f} | {a / b:.2f} |", flush=True)


if __name__ == "__main__":
    main()
