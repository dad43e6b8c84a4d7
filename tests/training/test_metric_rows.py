"""Metrics are given the rows that count, with their weights; those of sequences are given them whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from attrs import frozen
from hypothesis import given, settings, strategies as st

from nnframe import Model, registry
from nnframe.arrays import Array
from nnframe.interfaces import Metric
from nnframe.optimizers import SGD

STILL = SGD(0.0)
seeds = st.integers(0, 2**32 - 1)


@frozen
class WholeSequences(Metric[tuple[float, float]]):
    """The share of sequences that are right at every step that counts."""

    sequences = True
    better = "max"

    def start(self) -> tuple[float, float]:
        return 0.0, 0.0

    def update(
        self, state: tuple[float, float], prediction: Array, target: object, weight: Array | None
    ) -> tuple[float, float]:
        wrong = np.abs(prediction - np.asarray(target)).max(-1) > 1
        if weight is not None:
            assert weight.shape == prediction.shape[:-1]
            wrong &= weight > 0
        return state[0] + float((~wrong.any(1)).sum()), state[1] + len(prediction)

    def value(self, state: tuple[float, float]) -> float:
        return state[0] / state[1]


@pytest.fixture(autouse=True, scope="module")
def _own_metrics() -> Iterator[None]:
    registry.metrics.register("whole_sequences")(WholeSequences)
    yield
    registry.metrics.unregister("whole_sequences")


def test_a_metric_of_sequences_gets_them_whole_with_their_weights() -> None:
    x, y = np.zeros((2, 3, 1)), np.zeros((2, 3, 1))
    y[0, 2] = y[1, 0] = 9.0
    mask = np.array([[True, True, False], [True, True, True]])
    model = Model(["identity"], loss="mse", input_shape=(None, 1))
    assert model.evaluate(x, y, metrics=["whole_sequences"])["whole_sequences"] == 0.0
    for size in (1, 2):
        assert model.evaluate(x, y, mask=mask, metrics=["whole_sequences"], batch_size=size)["whole_sequences"] == 0.5


def test_a_metric_gets_the_rows_that_count_and_no_others() -> None:
    seen: list[Any] = []

    @registry.metrics.register("spy")
    @frozen
    class Spy(Metric[int]):
        def start(self) -> int:
            return 0

        def update(self, state: int, prediction: Array, target: object, weight: Array | None) -> int:
            seen.append((prediction.tolist(), np.asarray(target).tolist(), None if weight is None else weight.tolist()))
            return state

        def value(self, state: int) -> float:
            return 0.0

    try:
        model = Model(["identity"], loss={"name": "cross_entropy"}, input_shape=(None, 2))
        x = np.array([[[0.25, 0.75], [0.5, 0.5]], [[0.9, 0.1], [0.3, 0.7]]])
        labels, mask = np.array([[1, 0], [0, 1]]), np.array([[True, False], [True, True]])
        model.evaluate(x, labels, mask=mask, metrics=["spy"])
        model.evaluate(x, labels, mask=mask, sample_weight=[0.0, 2.0], metrics=["spy"])
    finally:
        registry.metrics.unregister("spy")
    assert seen == [
        ([[0.25, 0.75], [0.9, 0.1], [0.3, 0.7]], [1, 0, 1], None),
        ([[0.9, 0.1], [0.3, 0.7]], [0, 1], [2.0, 2.0]),
    ]


@settings(deadline=None, max_examples=20)
@given(seeds, st.integers(1, 9))
def test_metrics_with_masks_and_weights_are_scikit_learns_on_the_rows_that_count(seed: int, size: int) -> None:
    reference = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    scores, labels = rng.random((9, 4, 3)), rng.integers(0, 3, (9, 4))
    mask, weight = rng.random((9, 4)) < 0.6, rng.uniform(0.1, 2, (9, 4))
    mask[0] = True
    model = Model(["identity"], loss={"name": "cross_entropy", "from_logits": True}, input_shape=(None, 3))
    names = ["accuracy", {"name": "f1", "average": "macro"}, "confusion_matrix"]
    found = model.evaluate(scores, labels, mask=mask, sample_weight=weight, metrics=names, batch_size=size)
    rows = labels[mask], scores[mask].argmax(-1)
    accuracy = reference.accuracy_score(*rows, sample_weight=weight[mask])
    assert found["accuracy"] == pytest.approx(accuracy, rel=1e-12)
    assert found["confusion_matrix"] == pytest.approx(accuracy, rel=1e-12)
    f1 = reference.f1_score(*rows, average="macro", sample_weight=weight[mask], zero_division=0)
    assert found["f_beta"] == pytest.approx(f1, rel=1e-12)
