"""The training of dense networks that is measured, by scikit-learn, by Thinc, and by the matrix products alone."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks.cases import Case

__all__ = ["multiply", "train_scikit_learn", "train_thinc"]


def train_scikit_learn(case: Case, adam: bool, rate: float) -> Callable[[], float]:
    """``MLPClassifier.fit``, which goes on where it was."""
    from sklearn.neural_network import MLPClassifier

    (x, y), weights = case.data, case.weights
    options: dict[str, Any] = {} if adam else {"momentum": 0.0, "nesterovs_momentum": False}
    network = MLPClassifier(
        case.sizes[1:-1],
        solver="adam" if adam else "sgd",
        alpha=0.0,
        batch_size=case.batch,
        learning_rate_init=rate,
        max_iter=1,
        shuffle=False,
        warm_start=True,
        **options,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.fit(x, y)
    for own, value in zip(network.coefs_ + network.intercepts_, weights[::2] + weights[1::2], strict=True):
        own[...] = value

    def epoch() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network.fit(x, y)
        return float(network.loss_)

    return epoch


def train_thinc(case: Case, adam: bool, rate: float) -> Callable[[], float]:
    """Thinc's layers, and its optimizers."""
    from thinc import api

    relu, linear = [api.Relu(units) for units in case.sizes[1:-1]], api.Linear(case.sizes[-1])
    model: Any = api.chain(*relu, linear)
    x, y = case.data
    labels = np.eye(case.sizes[-1], dtype="float32")[y]
    model.initialize(X=x, Y=labels)
    for layer, weight, bias in zip((*relu, linear), case.weights[::2], case.weights[1::2], strict=True):
        layer.set_param("W", np.ascontiguousarray(weight.T))
        layer.set_param("b", bias)
    optimizer = api.Adam(rate, L2=0.0, grad_clip=0.0) if adam else api.SGD(rate, L2=0.0, grad_clip=0.0)

    def epoch() -> float:
        for start in case.starts():
            target = labels[start : start + case.batch]
            logits, back = model.begin_update(x[start : start + case.batch])
            e = np.exp(logits - logits.max(-1, keepdims=True))
            probabilities = e / e.sum(-1, keepdims=True)
            back((probabilities - target) / case.batch)
            model.finish_update(optimizer)
        return float(-np.log((probabilities * target).sum(-1)).mean())

    return epoch


def multiply(case: Case, adam: bool, rate: float) -> Callable[[], float]:
    """The floor: the matrix products of forward and backward alone, with the same NumPy."""
    weights = case.weights[::2]
    x = case.data[0]
    inputs = [np.ones((case.batch, size), case.dtype) for size in case.sizes]

    def epoch() -> float:
        for start in case.starts():
            inputs[0] = x[start : start + case.batch]
            for index, weight in enumerate(weights):
                inputs[index].dot(weight)
                inputs[index].T.dot(inputs[index + 1])
                if index:
                    inputs[index + 1].dot(weight.T)
        return 0.0

    return epoch
