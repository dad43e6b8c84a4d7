"""A batch in pieces: the gradients of a large batch in the memory of a small one (gradient accumulation)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import cast

import numpy as np
from attrs import evolve

from nnframe.arrays import Array
from nnframe.composition import Network
from nnframe.composition.examples import Examples, count, take
from nnframe.interfaces import Batch, Context

__all__ = ["compute_in_pieces"]


def compute_in_pieces(network: Network, batch: Batch, context: Context, size: int) -> tuple[float, list[Array], Array]:
    """Return loss, gradients and prediction of a batch, computed at most ``size`` examples at a time.

    Losses and gradients are those of the whole batch: each piece counts by the weights of its examples. Layers that
    look at their whole batch, such as batch normalization, see the pieces, and their statistics are stored after each.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(1, weight_initializer="ones")], loss="mse", input_shape=(1,))
    >>> batch = Batch(np.array([[1.0], [2.0], [3.0]]), np.zeros((3, 1)))
    >>> loss, gradients, _ = compute_in_pieces(model, batch, Context(training=True), 2)
    >>> round(loss, 6), gradients[0].round(6)
    (4.666667, array([[9.333333]]))
    """
    pieces = list(_cut(batch, size))
    masses = [_mass(network, piece) for piece in pieces]
    whole = math.fsum(masses) or 1.0
    loss, sums = 0.0, cast("list[Array]", [])
    predictions = []
    for piece, mass in zip(pieces, masses, strict=True):
        own = evolve(context, mask=piece.mask, recorded=[])
        if not mass and any(masses):
            predictions.append(cast("Array", network.layer.run(network.tree, piece.x, own)[0]))
            continue
        its_loss, gradients, prediction = network.compute(piece.x, piece.y, own, piece.sample_weight)
        network.store(own.recorded)
        share = mass / whole
        loss += share * its_loss
        gradients = [share * gradient for gradient in gradients]
        sums = [total + each for total, each in zip(sums, gradients, strict=True)] if sums else gradients
        predictions.append(prediction)
    network.keep(sums)
    return loss, sums, np.concatenate(predictions)


def _cut(batch: Batch, size: int) -> Iterator[Batch]:
    examples = cast("Examples", batch.x)
    for start in range(0, count(examples), size):
        rows = slice(start, start + size)
        weight = None if batch.sample_weight is None else batch.sample_weight[rows]
        mask = None if batch.mask is None else batch.mask[rows]
        yield Batch(take(examples, rows), take(cast("Examples", batch.y), rows), weight, mask)


def _mass(network: Network, piece: Batch) -> float:
    """Return the sum of the weights that the piece's losses have."""
    examples = count(cast("Examples", piece.x))
    weight = np.ones(examples) if piece.sample_weight is None else piece.sample_weight
    output = cast("Array", network.structure.outputs[()])
    if piece.mask is not None and output.ndim > 2:  # one loss a time step
        weight = weight * piece.mask.sum(1)
    return float(weight.sum())
