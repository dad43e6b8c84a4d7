"""The networks that the benchmark of training trains, as plain data, with their batches and their initial weights.

A network is a tuple of parts: ``("dense", units)``, ``("conv", filters, kernel)``, ``("max_pool", size)``,
``("global_average_pool",)``, ``("flatten",)``, ``("relu",)``, ``("tanh",)``, ``("batch_norm",)``, ``("layer_norm",)``,
``("embedding", vocabulary, units)``, ``("position",)``, ``("attention", heads)``, ``("lstm", units)``, and
``("residual", *parts)``. Each trainer builds it with its own library. No library is needed here, so that none is
imported in another's process.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from attrs import field, frozen

__all__ = ["CASES", "Case", "encode_positions"]

Shape = tuple[int, ...]
Parts = tuple[tuple[Any, ...], ...]


def dense(sizes: Shape, between: str = "relu") -> Parts:
    """Make dense layers of these sizes, with an activation between them.

    >>> dense((3, 1))
    (('dense', 3), ('relu',), ('dense', 1))
    """
    parts = [part for size in sizes for part in (("dense", size), (between,))]
    return tuple(parts[:-1])


def convolutions(filters: Shape, kernel: int) -> Parts:
    """Make convolutions, each followed by relu and 2 × 2 max-pooling, and flatten what is left."""
    parts = [part for each in filters for part in (("conv", each, kernel), ("relu",), ("max_pool", 2))]
    return (*parts, ("flatten",))


def residual_block(filters: int) -> Parts:
    """Make a block of a small ResNet: two normalised convolutions around which the input goes as well."""
    normalised = (("conv", filters, 3), ("batch_norm",))
    return (("residual", *normalised, ("relu",), *normalised), ("relu",))


def transformer_block(features: int, heads: int) -> Parts:
    """Make a block of a transformer that normalises before attention and before its two dense layers."""
    look = ("residual", ("layer_norm",), ("attention", heads))
    return (look, ("residual", ("layer_norm",), *dense((4 * features, features))))


@frozen(eq=False)
class Case:
    """A network and its data.

    Attributes:
        name: What it is called in the table.
        parts: The network.
        shape: Of an example.
        batch, steps: Examples in a step, steps in an epoch.
        epochs: How many epochs one call makes; more than one where an epoch is a single step.
        dtype: Of everything.
        classes: Cross-entropy of integer labels; else mean squared error.
        below: Above 0 the input is integers below this, and each step of a sequence has a label.
    """

    name: str
    parts: Parts
    shape: Shape
    batch: int
    steps: int
    epochs: int = 1
    dtype: str = "float32"
    classes: bool = True
    below: int = 0
    weights: list[Any] = field(init=False, repr=False)
    """The initial weights, in the order of nnframe's parameters."""
    data: tuple[Any, Any] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        rng = np.random.default_rng(1)
        weights, output = _draw_all(self.parts, self.shape, rng)
        object.__setattr__(self, "weights", [each.astype(self.dtype) for each in weights])
        examples = (self.batch * self.steps, *self.shape)
        x = rng.integers(0, self.below, examples) if self.below else rng.normal(size=examples).astype(self.dtype)
        targets = (len(x), *output)
        y = rng.integers(0, output[-1], targets[:-1]) if self.classes else rng.uniform(0, 1, targets).astype(self.dtype)
        object.__setattr__(self, "data", (x, y))

    @property
    def sizes(self) -> Shape:
        """Features and units of each dense layer; empty if there are other layers with weights."""
        units = tuple(part[1] for part in self.parts if part[0] == "dense")
        return (*self.shape, *units) if len(units) == len([part for part in self.parts if len(part) > 1]) else ()

    def starts(self) -> Iterator[int]:
        """Iterate over where each batch of a call begins."""
        for _ in range(self.epochs):
            yield from range(0, self.batch * self.steps, self.batch)


def _draw_all(parts: Parts, shape: Shape, rng: np.random.Generator) -> tuple[list[Any], Shape]:
    """Return the weights of parts, and the shape of their output."""
    weights: list[Any] = []
    for part in parts:
        drawn, shape = _draw(part, shape, rng)
        weights += drawn
    return weights, shape


def _draw(part: tuple[Any, ...], shape: Shape, rng: np.random.Generator) -> tuple[list[Any], Shape]:
    kind, *options = part
    if kind == "residual":
        return _draw_all(tuple(options), shape, rng)[0], shape
    if kind in ("relu", "tanh", "position"):
        return [], shape
    return DRAWN[kind](rng, shape, *options)


def _normal(rng: np.random.Generator, *dimensions: int) -> Any:
    return rng.normal(size=dimensions) / math.sqrt(math.prod(dimensions[:-1]))


def _draw_attention(rng: np.random.Generator, shape: Shape, heads: int) -> tuple[list[Any], Shape]:
    features = shape[-1]
    return [*(_normal(rng, features, features) for _ in range(4)), *np.zeros((4, features))], shape


def _draw_lstm(rng: np.random.Generator, shape: Shape, units: int) -> tuple[list[Any], Shape]:
    weights = [_normal(rng, shape[-1], 4 * units), _normal(rng, units, 4 * units), np.zeros(4 * units)]
    return weights, (*shape[:-1], units)


def _draw_norm(rng: np.random.Generator, shape: Shape) -> tuple[list[Any], Shape]:
    return [np.ones(shape[-1]), np.zeros(shape[-1])], shape


DRAWN: dict[str, Callable[..., tuple[list[Any], Shape]]] = {
    "dense": lambda rng, shape, units: ([_normal(rng, shape[-1], units), np.zeros(units)], (*shape[:-1], units)),
    "conv": lambda rng, shape, filters, kernel: (
        [_normal(rng, kernel, kernel, shape[-1], filters), np.zeros(filters)],
        (*shape[:-1], filters),
    ),
    "max_pool": lambda rng, shape, size: ([], (shape[0] // size, shape[1] // size, shape[2])),
    "flatten": lambda rng, shape: ([], (math.prod(shape),)),
    "global_average_pool": lambda rng, shape: ([], shape[-1:]),
    "batch_norm": _draw_norm,
    "layer_norm": _draw_norm,
    "embedding": lambda rng, shape, vocabulary, units: ([rng.normal(size=(vocabulary, units)) / 10], (*shape, units)),
    "attention": _draw_attention,
    "lstm": _draw_lstm,
}
"""From a generator, the shape of the input, and a part's options to its weights and the shape of its output."""


def encode_positions(length: int, features: int) -> Any:
    """Return the waves that tell where a step stands, (length, features): Vaswani et al. 2017, section 3.5."""
    angles = np.arange(length)[:, None] * 10000.0 ** (-np.arange(0, features, 2) / features)
    return np.stack([np.sin(angles), np.cos(angles)], -1).reshape(length, -1)[:, :features]


LETTERS, WIDTH = 96, 64
IMAGE = (28, 28, 1)
CASES = (
    Case("XOR 2-2-2-1", (*dense((2, 2, 1), "tanh"), ("tanh",)), (2,), 4, 1, epochs=200, dtype="float64", classes=False),
    Case("digits 64-128-10", dense((128, 10)), (64,), 32, 50),
    Case("784-512-256-10", dense((512, 256, 10)), (784,), 128, 16),
    Case("convolutions 28×28, 16 and 32 filters", (*convolutions((16, 32), 3), *dense((10,))), IMAGE, 64, 4),
    Case("LeNet-5 28×28, 6 and 16 filters", (*convolutions((6, 16), 5), *dense((120, 84, 10))), IMAGE, 64, 8),
    Case(
        "ResNet 16×16, three blocks of 16 filters",
        (
            ("conv", 16, 3),
            ("batch_norm",),
            ("relu",),
            *(residual_block(16) * 3),
            ("global_average_pool",),
            ("dense", 10),
        ),
        (16, 16, 3),
        32,
        4,
    ),
    Case(
        "transformer, two blocks of 64 features, 32 tokens",
        (
            ("embedding", LETTERS, WIDTH),
            ("position",),
            *(transformer_block(WIDTH, 4) * 2),
            ("layer_norm",),
            ("dense", LETTERS),
        ),
        (32,),
        32,
        4,
        below=LETTERS,
    ),
    Case(
        "LSTM of 128 units, language model, 32 tokens",
        (("embedding", LETTERS, WIDTH), ("lstm", 128), ("dense", LETTERS)),
        (32,),
        32,
        4,
        below=LETTERS,
    ),
)
