"""Forward and pullback of each layer against torch eager on the CPU, two threads, float32: prints a Markdown table.

    python -m tests.benchmarks.layers [--threads 1] [words of the rows to run]

Each side is given its own layout (channels last here, channels first there), and both give the gradients of the input
and of every parameter. The sides take turns, a block of runs each, with a pause in between in which the other's
threads go to sleep; the best run of all blocks counts. With one thread it is the processor's time that counts, which
says little less on a machine that is shared.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from attrs import frozen
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nnframe.composition.tree import convert
from nnframe.interfaces import AnyLayer, Builder, Context
from nnframe.layers import (
    GRU,
    LSTM,
    AveragePool2D,
    BatchNorm,
    Conv1D,
    Conv2D,
    ConvTranspose2D,
    Dense,
    Dropout,
    Embedding,
    GlobalAveragePool,
    GlobalMaxPool,
    GroupNorm,
    LayerNorm,
    MaxPool1D,
    MaxPool2D,
    MultiHeadAttention,
    PReLU,
    RMSNorm,
    SimpleRNN,
    UpSampling2D,
)

ROUNDS, RUNS, PAUSE = 5, 5, 0.2
FAMILIES = {
    "dense": ["dense"],
    "convolution": ["conv"],
    "pooling and resizing": ["pool", "sampling"],
    "normalisation": ["norm"],
    "embedding": ["embedding"],
    "recurrent": ["rnn", "lstm", "gru"],
    "attention": ["attention"],
    "prelu and dropout": ["prelu", "dropout"],
}
nn = torch.nn


@frozen
class Row:
    """One comparison: a layer, torch's counterpart, and the shape of the input in nnframe's layout."""

    name: str
    layer: AnyLayer
    module: Callable[..., Any]
    shape: tuple[int, ...]
    below: int = 0
    """Above 0 the input is integers below this."""


def _self_attention(width: int, heads: int) -> Any:
    attention = nn.MultiheadAttention(width, heads, batch_first=True)

    class SelfAttention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = attention

        def forward(self, x: Any) -> Any:
            return self.inner(x, x, x, need_weights=False)

    return SelfAttention()


ROWS = [
    Row("dense 256 → 128, batch 64", Dense(128), nn.Linear(256, 128), (64, 256)),
    Row("dense 784 → 256, batch 128", Dense(256), nn.Linear(784, 256), (128, 784)),
    Row("conv1d 32 → 64, kernel 5", Conv1D(64, 5, padding="same"), nn.Conv1d(32, 64, 5, padding=2), (32, 128, 32)),
    Row("conv2d 1 → 16, kernel 3", Conv2D(16, 3, padding=1), nn.Conv2d(1, 16, 3, padding=1), (32, 28, 28, 1)),
    Row("conv2d 16 → 32, kernel 3", Conv2D(32, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1), (32, 28, 28, 16)),
    Row("conv2d 32 → 64, kernel 3", Conv2D(64, 3, padding=1), nn.Conv2d(32, 64, 3, padding=1), (32, 14, 14, 32)),
    Row(
        "conv2d 16 → 32, kernel 3, stride 2",
        Conv2D(32, 3, 2, 1),
        nn.Conv2d(16, 32, 3, padding=1, stride=2),
        (32, 28, 28, 16),
    ),
    Row("conv2d 64 → 64, kernel 1", Conv2D(64, 1), nn.Conv2d(64, 64, 1), (32, 14, 14, 64)),
    Row(
        "conv2d 32, kernel 3, depthwise",
        Conv2D(32, 3, padding=1, groups=32),
        nn.Conv2d(32, 32, 3, padding=1, groups=32),
        (32, 28, 28, 32),
    ),
    Row(
        "conv_transpose2d 32 → 16, kernel 3, stride 2",
        ConvTranspose2D(16, 3, 2, 1, output_padding=1),
        nn.ConvTranspose2d(32, 16, 3, padding=1, stride=2, output_padding=1),
        (32, 14, 14, 32),
    ),
    Row("max_pool1d 2", MaxPool1D(2), nn.MaxPool1d(2), (32, 128, 64)),
    Row("max_pool2d 2", MaxPool2D(2), nn.MaxPool2d(2), (32, 28, 28, 32)),
    Row("max_pool2d 3, stride 2", MaxPool2D(3, 2, 1), nn.MaxPool2d(3, 2, 1), (32, 28, 28, 32)),
    Row("average_pool2d 2", AveragePool2D(2), nn.AvgPool2d(2), (32, 28, 28, 32)),
    Row("global_average_pool", GlobalAveragePool(), nn.AdaptiveAvgPool2d(1), (32, 14, 14, 64)),
    Row("global_max_pool", GlobalMaxPool(), nn.AdaptiveMaxPool2d(1), (32, 14, 14, 64)),
    Row("up_sampling2d 2", UpSampling2D(2), nn.Upsample(scale_factor=2), (32, 14, 14, 32)),
    Row("batch_norm, images", BatchNorm(), nn.BatchNorm2d(32), (32, 28, 28, 32)),
    Row("batch_norm, rows", BatchNorm(), nn.BatchNorm1d(256), (128, 256)),
    Row("layer_norm 256", LayerNorm(), nn.LayerNorm(256), (32, 128, 256)),
    Row("layer_norm 128", LayerNorm(), nn.LayerNorm(128), (32, 64, 128)),
    Row("group_norm 8 of 32", GroupNorm(8), nn.GroupNorm(8, 32), (32, 28, 28, 32)),
    Row("rms_norm 256", RMSNorm(), nn.RMSNorm(256), (32, 128, 256)),
    Row("embedding 10000 × 64", Embedding(10000, 64), nn.Embedding(10000, 64), (32, 128), 10000),
    Row("embedding 1000 × 64", Embedding(1000, 64), nn.Embedding(1000, 64), (32, 64), 1000),
    Row("simple_rnn 64 → 128", SimpleRNN(128, True), nn.RNN(64, 128, batch_first=True), (32, 64, 64)),
    Row("lstm 64 → 128", LSTM(128, True), nn.LSTM(64, 128, batch_first=True), (32, 64, 64)),
    Row("gru 64 → 128", GRU(128, True), nn.GRU(64, 128, batch_first=True), (32, 64, 64)),
    Row("multi_head_attention 8 × 32", MultiHeadAttention(8), _self_attention(256, 8), (16, 64, 256)),
    Row("multi_head_attention 4 × 16", MultiHeadAttention(4), _self_attention(64, 4), (32, 32, 64)),
    Row("prelu", PReLU(), nn.PReLU(32), (32, 28, 28, 32)),
    Row("dropout", Dropout(0.5), nn.Dropout(0.5), (32, 64, 256)),
]


def _ours(row: Row) -> Callable[[], object]:
    rng = np.random.default_rng(0)
    x: Any = rng.integers(row.below, size=row.shape) if row.below else rng.normal(size=row.shape).astype(np.float32)
    parameters, _ = row.layer.build(x if row.below else x.astype(np.float64), Builder(rng))
    values = convert(parameters, lambda array: np.asarray(array, np.float32))
    context = Context(training=True, rng=rng)
    upstream = rng.normal(size=row.layer.run(values, x, context)[0].shape).astype(np.float32)  # type: ignore[attr-defined]

    def run() -> object:
        _, pullback = row.layer.run(values, x, context)
        context.recorded.clear()
        return pullback(upstream)

    return run


def _theirs(row: Row) -> Callable[[], object]:
    first = [0, len(row.shape) - 1, *range(1, len(row.shape) - 1)]
    moved = isinstance(row.module, nn.modules.conv._ConvNd | nn.modules.batchnorm._BatchNorm | nn.GroupNorm | nn.PReLU)  # noqa: SLF001
    moved = moved or "pool" in row.name or "sampling" in row.name
    shape = tuple(row.shape[axis] for axis in first) if moved else row.shape
    x = torch.randint(row.below, shape) if row.below else torch.randn(shape).requires_grad_()
    wanted = [*([] if row.below else [x]), *row.module.parameters()]  # type: ignore[attr-defined]

    def output() -> Any:
        y = row.module(x)
        return y[0] if isinstance(y, tuple) else y

    upstream = torch.randn_like(output())
    return lambda: torch.autograd.grad(output(), wanted, upstream)


def _block(run: Callable[[], object], threads: int) -> float:
    clock = time.thread_time if threads == 1 else time.perf_counter
    time.sleep(PAUSE if threads > 1 else 0)
    run(), run()
    best = math.inf
    for _ in range(RUNS):
        start = clock()
        run()
        best = min(best, clock() - start)
    return best * 1e3


def _mean(ratios: list[float]) -> float:
    return math.exp(sum(map(math.log, ratios)) / max(len(ratios), 1))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="*")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    threadpool_limits(options.threads)
    os.environ["NNFRAME_THREADS"] = str(options.threads)
    print("| layer | nnframe, ms | torch, ms | torch / nnframe |\n|---|---:|---:|---:|")
    ratios: dict[str, float] = {}
    for row in ROWS:
        if options.words and not any(word in row.name for word in options.words):
            continue
        sides = [_ours(row), _theirs(row)]
        rounds = [[_block(side, options.threads) for side in sides] for _ in range(ROUNDS)]
        ours, theirs = (min(times) for times in zip(*rounds, strict=True))
        ratios[row.name] = theirs / ours
        print(f"| {row.name} | {ours:.2f} | {theirs:.2f} | {ratios[row.name]:.2f} |", flush=True)
    print("\n| family | layers | geometric mean |\n|---|---:|---:|")
    for family, words in FAMILIES.items():
        some = [ratio for name, ratio in ratios.items() if any(word in name for word in words)]
        if some:
            print(f"| {family} | {len(some)} | {_mean(some):.2f} |")
    print(f"| all | {len(ratios)} | {_mean([*ratios.values()]):.2f} |")


if __name__ == "__main__":
    main()
