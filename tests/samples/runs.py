"""Small models, and a run in which somebody measures the numbers that a test gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnframe import Model
from nnframe.callbacks import Lambda
from nnframe.layers import Dense
from nnframe.training import History

__all__ = ["LABELS", "X", "classifier", "fit", "line"]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
LABELS = RNG.integers(0, 3, 60)
LOGITS = {"name": "cross_entropy", "from_logits": True}


def classifier(**options: Any) -> Model:
    return Model([Dense(3)], loss=LOGITS, input_shape=(3,), seed=2, **options)


def line() -> Model:
    return Model([Dense(1)], loss="mse", input_shape=(3,))


def fit(numbers: list[float], name: str, *callbacks: Any, **options: Any) -> History:
    """Train while somebody measures the given numbers, one an epoch, under a name."""
    given = Lambda(on_after_epoch=lambda moment: moment.logs.update({name: numbers[moment.epoch - 1]}))
    return line().fit(
        X, X[:, :1], epochs=len(numbers), callbacks=[given, *callbacks], batch_size=60, progress=False, **options
    )
