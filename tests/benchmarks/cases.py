"""The networks that the benchmark of training trains, with their data and their initial weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from attrs import field, frozen

from nnframe import Model
from nnframe.layers import Conv2D, Dense, MaxPool2D

__all__ = ["CASES", "Case"]


@frozen(eq=False)
class Case:
    """A network and its data.

    Attributes:
        name: What it is called in the table.
        sizes: Features and units of each dense layer; of a convolutional network, those after the convolutions.
        batch, steps: Examples in a step, steps in an epoch.
        epochs: How many epochs one call makes; more than one where an epoch is a single step.
        dtype: Of everything.
        classes: Cross-entropy of integer labels; else mean squared error of a tanh network.
        filters: Of each convolution, each followed by relu and 2 × 2 max-pooling.
        kernel: Height and width of its kernels.
        image: (height, width, channels) of its input.
    """

    name: str
    sizes: tuple[int, ...]
    batch: int
    steps: int
    epochs: int = 1
    dtype: str = "float32"
    classes: bool = True
    filters: tuple[int, ...] = ()
    kernel: int = 3
    image: tuple[int, int, int] = (28, 28, 1)
    model: Model = field(init=False, repr=False)
    data: tuple[Any, Any] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "model", self.build())
        rng = np.random.default_rng(1)
        count = self.batch * self.steps
        x = rng.normal(size=(count, *(self.image if self.filters else self.sizes[:1]))).astype(self.dtype)
        y = rng.integers(0, self.sizes[-1], count) if self.classes else rng.uniform(0, 1, (count, self.sizes[-1]))
        object.__setattr__(self, "data", (x, y if self.classes else y.astype(self.dtype)))

    def build(self) -> Model:
        """Make the network, always with the same weights."""
        layers: list[Any] = []
        for filters in self.filters:
            layers += [Conv2D(filters, self.kernel, padding="same"), "relu", MaxPool2D(2)]
        layers += ["flatten"] if self.filters else []
        for units in self.sizes[1:]:
            layers += [Dense(units), "relu" if self.classes else "tanh"]
        loss: Any = {"name": "cross_entropy", "from_logits": True} if self.classes else "mse"
        shape = self.image if self.filters else self.sizes[:1]
        return Model(layers[:-1] if self.classes else layers, loss=loss, input_shape=shape, dtype=self.dtype)

    @property
    def weights(self) -> list[Any]:
        """Copies of the initial weights: weight, bias, weight, bias, ..."""
        return [each.value.copy() for each in self.model.trained]

    def starts(self) -> Iterator[int]:
        """Iterate over where each batch of a call begins."""
        for _ in range(self.epochs):
            yield from range(0, self.batch * self.steps, self.batch)


CASES = (
    Case("XOR 2-2-2-1", (2, 2, 2, 1), 4, 1, epochs=200, dtype="float64", classes=False),
    Case("digits 64-128-10", (64, 128, 10), 32, 50),
    Case("784-512-256-10", (784, 512, 256, 10), 128, 16),
    Case("convolutions 28×28, 16 and 32 filters", (1568, 10), 64, 4, filters=(16, 32)),
    Case("LeNet-5 28×28, 6 and 16 filters", (784, 120, 84, 10), 64, 8, filters=(6, 16), kernel=5),
)
