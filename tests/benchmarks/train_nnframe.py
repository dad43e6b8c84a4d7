"""The training that is measured, by nnframe: through the public API, all checks of its arguments and data included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks.cases import Case

__all__ = ["build_model", "train"]


def train(case: Case, adam: bool, rate: float) -> Callable[[], float]:
    """``model.fit``."""
    model, (x, y) = build_model(case), case.data
    optimizer = {"name": "adam" if adam else "sgd", "learning_rate": rate}

    def epoch() -> float:
        history = model.fit(
            x, y, optimizer=optimizer, epochs=case.epochs, batch_size=case.batch, shuffle=False, progress=False
        )
        return float(history.last["loss"])

    return epoch


def build_model(case: Case) -> Any:
    """Make the network, with the weights of the case."""
    from nnframe import Model

    loss: Any = {"name": "cross_entropy", "from_logits": True} if case.classes else "mse"
    data: Any = {"input_dtype": "int64"} if case.below else {}
    layers = [_build_layer(part) for part in case.parts]
    model = Model(layers, loss=loss, input_shape=case.shape, dtype=case.dtype, **data)
    model.load_vector(np.concatenate([each.ravel() for each in case.weights]))
    return model


def _build_layer(part: tuple[Any, ...]) -> Any:
    from nnframe import layers

    kind, *options = part
    builders: dict[str, Callable[..., Any]] = {
        "dense": layers.Dense,
        "conv": lambda filters, kernel: layers.Conv2D(filters, kernel, padding="same"),
        "max_pool": layers.MaxPool2D,
        "global_average_pool": layers.GlobalAveragePool,
        "batch_norm": layers.BatchNorm,
        "layer_norm": layers.LayerNorm,
        "embedding": layers.Embedding,
        "position": layers.PositionalEncoding,
        "attention": lambda heads: layers.MultiHeadAttention(heads, causal=True),
        "lstm": lambda units: layers.LSTM(units, return_sequences=True),
        "residual": lambda *inner: layers.Residual([_build_layer(each) for each in inner]),
    }
    return builders[kind](*options) if kind in builders else kind
