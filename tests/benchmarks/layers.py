"""Forward and pullback of each layer against torch eager on the CPU, in float32, with numba's loops and without.

    python -m tests.benchmarks.layers [--threads 1]

Each side is given its own layout (channels last here, channels first there), and both give the gradients of the input
and of every parameter. With one thread it is the processor's time that counts, which says little less on a machine that
is shared. The targets, with two threads and numba: a geometric mean of 1.6, 1.0 in every family, and 0.9 in every row;
without numba a mean of 1.0, and 0.3 in every row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import frozen

from tests.benchmarks.processes import Side
from tests.benchmarks.side import Work
from tests.benchmarks.tables import MILLISECONDS, Found, Row, compare, geometric_mean, make_parser, print_machine

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
COMPILED, PLAIN, TORCH = "nnframe", "nnframe without numba", "torch"


@frozen
class Pair:
    """A layer and torch's counterpart, each made by what is in its library's module of layers.

    Attributes:
        name: What the row is called.
        layer: From ``nnframe.layers`` to the layer.
        module: From ``torch.nn`` to the module.
        shape: Of the input, in nnframe's layout.
        below: Above 0 the input is integers below this.
    """

    name: str
    layer: Callable[[Any], Any]
    module: Callable[[Any], Any]
    shape: tuple[int, ...]
    below: int = 0


def _attend(nn: Any, width: int, heads: int) -> Any:
    class SelfAttention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.MultiheadAttention(width, heads, batch_first=True)

        def forward(self, x: Any) -> Any:
            return self.inner(x, x, x, need_weights=False)

    return SelfAttention()


PAIRS = [
    Pair("dense 256 → 128, batch 64", lambda own: own.Dense(128), lambda nn: nn.Linear(256, 128), (64, 256)),
    Pair("dense 784 → 256, batch 128", lambda own: own.Dense(256), lambda nn: nn.Linear(784, 256), (128, 784)),
    Pair(
        "conv1d 32 → 64, kernel 5",
        lambda own: own.Conv1D(64, 5, padding="same"),
        lambda nn: nn.Conv1d(32, 64, 5, padding=2),
        (32, 128, 32),
    ),
    Pair(
        "conv2d 1 → 16, kernel 3",
        lambda own: own.Conv2D(16, 3, padding=1),
        lambda nn: nn.Conv2d(1, 16, 3, padding=1),
        (32, 28, 28, 1),
    ),
    Pair(
        "conv2d 16 → 32, kernel 3",
        lambda own: own.Conv2D(32, 3, padding=1),
        lambda nn: nn.Conv2d(16, 32, 3, padding=1),
        (32, 28, 28, 16),
    ),
    Pair(
        "conv2d 32 → 64, kernel 3",
        lambda own: own.Conv2D(64, 3, padding=1),
        lambda nn: nn.Conv2d(32, 64, 3, padding=1),
        (32, 14, 14, 32),
    ),
    Pair(
        "conv2d 16 → 32, kernel 3, stride 2",
        lambda own: own.Conv2D(32, 3, 2, 1),
        lambda nn: nn.Conv2d(16, 32, 3, padding=1, stride=2),
        (32, 28, 28, 16),
    ),
    Pair("conv2d 64 → 64, kernel 1", lambda own: own.Conv2D(64, 1), lambda nn: nn.Conv2d(64, 64, 1), (32, 14, 14, 64)),
    Pair(
        "conv2d 32, kernel 3, depthwise",
        lambda own: own.Conv2D(32, 3, padding=1, groups=32),
        lambda nn: nn.Conv2d(32, 32, 3, padding=1, groups=32),
        (32, 28, 28, 32),
    ),
    Pair(
        "conv_transpose2d 32 → 16, kernel 3, stride 2",
        lambda own: own.ConvTranspose2D(16, 3, 2, 1, output_padding=1),
        lambda nn: nn.ConvTranspose2d(32, 16, 3, padding=1, stride=2, output_padding=1),
        (32, 14, 14, 32),
    ),
    Pair("max_pool1d 2", lambda own: own.MaxPool1D(2), lambda nn: nn.MaxPool1d(2), (32, 128, 64)),
    Pair("max_pool2d 2", lambda own: own.MaxPool2D(2), lambda nn: nn.MaxPool2d(2), (32, 28, 28, 32)),
    Pair(
        "max_pool2d 3, stride 2", lambda own: own.MaxPool2D(3, 2, 1), lambda nn: nn.MaxPool2d(3, 2, 1), (32, 28, 28, 32)
    ),
    Pair("average_pool2d 2", lambda own: own.AveragePool2D(2), lambda nn: nn.AvgPool2d(2), (32, 28, 28, 32)),
    Pair(
        "global_average_pool", lambda own: own.GlobalAveragePool(), lambda nn: nn.AdaptiveAvgPool2d(1), (32, 14, 14, 64)
    ),
    Pair("global_max_pool", lambda own: own.GlobalMaxPool(), lambda nn: nn.AdaptiveMaxPool2d(1), (32, 14, 14, 64)),
    Pair("up_sampling2d 2", lambda own: own.UpSampling2D(2), lambda nn: nn.Upsample(scale_factor=2), (32, 14, 14, 32)),
    Pair("batch_norm, images", lambda own: own.BatchNorm(), lambda nn: nn.BatchNorm2d(32), (32, 28, 28, 32)),
    Pair("batch_norm, rows", lambda own: own.BatchNorm(), lambda nn: nn.BatchNorm1d(256), (128, 256)),
    Pair("layer_norm 256", lambda own: own.LayerNorm(), lambda nn: nn.LayerNorm(256), (32, 128, 256)),
    Pair("layer_norm 128", lambda own: own.LayerNorm(), lambda nn: nn.LayerNorm(128), (32, 64, 128)),
    Pair("group_norm 8 of 32", lambda own: own.GroupNorm(8), lambda nn: nn.GroupNorm(8, 32), (32, 28, 28, 32)),
    Pair("rms_norm 256", lambda own: own.RMSNorm(), lambda nn: nn.RMSNorm(256), (32, 128, 256)),
    Pair(
        "embedding 10000 × 64",
        lambda own: own.Embedding(10000, 64),
        lambda nn: nn.Embedding(10000, 64),
        (32, 128),
        10000,
    ),
    Pair("embedding 1000 × 64", lambda own: own.Embedding(1000, 64), lambda nn: nn.Embedding(1000, 64), (32, 64), 1000),
    Pair(
        "simple_rnn 64 → 128",
        lambda own: own.SimpleRNN(128, True),
        lambda nn: nn.RNN(64, 128, batch_first=True),
        (32, 64, 64),
    ),
    Pair("lstm 64 → 128", lambda own: own.LSTM(128, True), lambda nn: nn.LSTM(64, 128, batch_first=True), (32, 64, 64)),
    Pair("gru 64 → 128", lambda own: own.GRU(128, True), lambda nn: nn.GRU(64, 128, batch_first=True), (32, 64, 64)),
    Pair(
        "multi_head_attention 8 × 32",
        lambda own: own.MultiHeadAttention(8),
        lambda nn: _attend(nn, 256, 8),
        (16, 64, 256),
    ),
    Pair(
        "multi_head_attention 4 × 16",
        lambda own: own.MultiHeadAttention(4),
        lambda nn: _attend(nn, 64, 4),
        (32, 32, 64),
    ),
    Pair("prelu", lambda own: own.PReLU(), lambda nn: nn.PReLU(32), (32, 28, 28, 32)),
    Pair("dropout", lambda own: own.Dropout(0.5), lambda nn: nn.Dropout(0.5), (32, 64, 256)),
]


def build_nnframe(number: int) -> Work:
    """Return forward and pullback of a layer."""
    from nnframe import layers
    from nnframe.composition.tree import convert
    from nnframe.interfaces import Builder, Context

    pair = PAIRS[number]
    layer, rng = pair.layer(layers), np.random.default_rng(0)
    x: Any = rng.integers(pair.below, size=pair.shape) if pair.below else rng.normal(size=pair.shape).astype(np.float32)
    parameters, _ = layer.build(x if pair.below else x.astype(np.float64), Builder(rng))
    values = convert(parameters, lambda array: np.asarray(array, np.float32))
    context = Context(training=True, rng=rng)
    upstream = rng.normal(size=layer.run(values, x, context)[0].shape).astype(np.float32)

    def run() -> object:
        _, pullback = layer.run(values, x, context)
        context.recorded.clear()
        return pullback(upstream)

    return Work(run)


def build_torch(number: int) -> Work:
    """Return forward and gradients of a module."""
    import torch
    from torch import nn

    pair = PAIRS[number]
    module = pair.module(nn)
    images = isinstance(module, nn.modules.conv._ConvNd | nn.modules.batchnorm._BatchNorm | nn.GroupNorm | nn.PReLU)  # noqa: SLF001
    images = images or "pool" in pair.name or "sampling" in pair.name
    first = [0, len(pair.shape) - 1, *range(1, len(pair.shape) - 1)]
    shape = tuple(pair.shape[axis] for axis in first) if images else pair.shape
    x = torch.randint(pair.below, shape) if pair.below else torch.randn(shape).requires_grad_()
    wanted = [*([] if pair.below else [x]), *module.parameters()]

    def output() -> Any:
        y = module(x)
        return y[0] if isinstance(y, tuple) else y

    upstream = torch.randn_like(output())
    return Work(lambda: torch.autograd.grad(output(), wanted, upstream))


def make_row(number: int) -> Row:
    """The sides of a pair."""
    own, theirs = "tests.benchmarks.layers:build_nnframe", "tests.benchmarks.layers:build_torch"
    sides = {
        COMPILED: Side(own, (number,), ("nnframe", "numba")),
        PLAIN: Side(own, (number,), environment={"NNFRAME_COMPILED": "0"}),
        TORCH: Side(theirs, (number,), ("torch",)),
    }
    return Row(PAIRS[number].name, sides)


def print_families(found: Mapping[str, Found]) -> None:
    """Print the geometric means of how many times nnframe's time torch takes, and the least of each."""
    print("\n| torch / nnframe | layers | mean | least | without numba: mean | least |\n|---|---:|---:|---:|---:|---:|")
    for family, words in {**FAMILIES, "all": [""]}.items():
        some = [row for name, row in found.items() if any(word in name for word in words)]
        cells = [family, str(len(some))]
        for side in (COMPILED, PLAIN):
            ratios = [row[TORCH].median / row[side].median for row in some if {TORCH, side} <= row.keys()]
            cells += [f"{geometric_mean(ratios):.2f}", f"{min(ratios):.2f}"] if ratios else ["not installed"] * 2
        if some:
            print(f"| {' | '.join(cells)} |")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    options = make_parser(__doc__, seconds=0.4).parse_args(arguments)
    print_machine(options)
    found = compare([make_row(number) for number in range(len(PAIRS))], options, MILLISECONDS, together=8)
    print_families(found)


if __name__ == "__main__":
    main()
