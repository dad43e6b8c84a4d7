"""A batch in pieces: the gradients of a large batch in the memory of a small one (gradient accumulation)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np
from attrs import evolve

from nnframe.arrays import Array
from nnframe.composition import Network
from nnframe.composition.examples import Examples, count, take
from nnframe.interfaces import Batch, Context

__all__ = ["compute_in_pieces"]


def compute_in_pieces(
    network: Network, batch: Batch, context: Context, size: int
) -> tuple[float, list[Array], Array, float]:
    """Return loss, gradients, prediction and Σ w of a batch, computed at most ``size`` examples at a time.

    Losses and gradients are those of the whole batch, divided by its Σ w: each piece counts by its own. Layers that
    look at their whole batch, such as batch normalization, see the pieces, and their statistics are stored after each
    in which something counts.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(1, weight_initializer="ones")], loss="mse", input_shape=(1,))
    >>> batch = Batch(np.array([[1.0], [2.0], [3.0]]), np.zeros((3, 1)))
    >>> loss, gradients, _, _ = compute_in_pieces(model, batch, Context(training=True), 2)
    >>> round(loss, 6), gradients[0].round(6)
    (4.666667, array([[9.333333]]))
    """
    loss, whole, means = 0.0, 0.0, cast("list[Array]", [])
    predictions = []
    for piece in _cut(batch, size):
        own = evolve(context, mask=piece.mask, recorded=[])
        its_loss, gradients, prediction, weight = network.compute_weighted(piece.x, piece.y, own, piece.sample_weight)
        predictions.append(prediction)
        if weight:
            network.store(own.recorded)
            before, whole = whole, whole + weight
            kept, share = before / whole, weight / whole  # Σ wℓ itself may be too large for float32
            loss = kept * loss + share * its_loss
            gradients = [share * gradient for gradient in gradients]
            means = [kept * mean + each for mean, each in zip(means, gradients, strict=True)] if means else gradients
    network.keep(means)
    return loss, means, np.concatenate(predictions), whole


def _cut(batch: Batch, size: int) -> Iterator[Batch]:
    examples = cast("Examples", batch.x)
    for start in range(0, count(examples), size):
        rows = slice(start, start + size)
        weight = None if batch.sample_weight is None else batch.sample_weight[rows]
        mask = None if batch.mask is None else batch.mask[rows]
        yield Batch(take(examples, rows), take(cast("Examples", batch.y), rows), weight, mask)
