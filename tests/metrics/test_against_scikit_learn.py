"""Metrics over batches equal scikit-learn's value on the whole, whatever the batches are."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe import registry
from nnframe.interfaces import Metric
from nnframe.metrics import AUC, R2, ConfusionMatrix, FBeta, Precision, Recall, TopKAccuracy

reference = pytest.importorskip("sklearn.metrics")

seeds = st.integers(0, 2**32 - 1)
cuts = st.lists(st.integers(0, 40), max_size=4)


def stream(metric: Metric[Any], prediction: Any, target: Any, weight: Any, cut: list[int]) -> float:
    """The metric over batches that are cut at the given places; some may be empty."""
    state = metric.start()
    places = [0, *sorted(cut), len(prediction)]
    for start, stop in pairwise(places):
        some = slice(start, stop)
        state = metric.update(state, prediction[some], target[some], None if weight is None else weight[some])
    return metric.value(state)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("mae", "mean_absolute_error"),
        ("mse", "mean_squared_error"),
        ("rmse", "root_mean_squared_error"),
        ("mape", "mean_absolute_percentage_error"),
        ("r2", "r2_score"),
    ],
)
@given(seed=seeds, outputs=st.integers(1, 3), cut=cuts, weighted=st.booleans())
@settings(max_examples=30, deadline=None)
def test_measures_of_regression(
    name: str, function: str, seed: int, outputs: int, cut: list[int], weighted: bool
) -> None:
    rng = np.random.default_rng(seed)
    prediction, target = rng.normal(size=(2, 40, outputs)) + 100
    weight = rng.random(40) if weighted else None
    expected = getattr(reference, function)(target, prediction, sample_weight=weight)
    assert stream(registry.metrics.create(name), prediction, target, weight, cut) == pytest.approx(expected, rel=1e-12)


def test_r2_of_constant_targets_is_one_or_zero() -> None:
    target = np.full((3, 2), 2.0)
    prediction = np.array([[2.0, 1.0], [2.0, 2.0], [2.0, 2.0]])
    assert stream(R2(), prediction, target, None, [1]) == reference.r2_score(target, prediction) == 0.5


def draw_classes(seed: int, classes: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    return rng.random((40, classes)), rng.integers(0, classes, 40), rng.random(40)


@given(seed=seeds, classes=st.integers(2, 5), cut=cuts, weighted=st.booleans(), one_hot=st.booleans())
@settings(max_examples=30, deadline=None)
def test_accuracies(seed: int, classes: int, cut: list[int], weighted: bool, one_hot: bool) -> None:
    scores, labels, weight = draw_classes(seed, classes)
    weight = weight if weighted else None
    target = np.eye(classes)[labels] if one_hot else labels
    expected = reference.accuracy_score(labels, scores.argmax(-1), sample_weight=weight)
    for name in ("accuracy", "confusion_matrix"):
        assert stream(registry.metrics.create(name), scores, target, weight, cut) == pytest.approx(expected)
    if classes > 2:
        expected = reference.top_k_accuracy_score(labels, scores, k=2, sample_weight=weight, labels=range(classes))
        assert stream(TopKAccuracy(2), scores, target, weight, cut) == pytest.approx(expected)


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@given(seed=seeds, classes=st.integers(2, 9), cut=cuts, weighted=st.booleans())
@settings(max_examples=30, deadline=None)
def test_precision_recall_and_f(average: Any, seed: int, classes: int, cut: list[int], weighted: bool) -> None:
    scores, labels, weight = draw_classes(seed, classes)
    scores, labels, weight = (
        scores[:12],
        labels[:12],
        weight[:12] if weighted else None,
    )  # few: some classes are missing
    wanted = {"average": average, "sample_weight": weight, "zero_division": 0}
    predicted, cut = scores.argmax(-1), [min(place, 12) for place in cut]
    for metric, expected in (
        (Precision(average), reference.precision_score(labels, predicted, **wanted)),
        (Recall(average), reference.recall_score(labels, predicted, **wanted)),
        (FBeta(average, beta=0.7), reference.fbeta_score(labels, predicted, beta=0.7, **wanted)),
    ):
        assert stream(metric, scores, labels, weight, cut) == pytest.approx(expected)


@given(seed=seeds, cut=cuts, weighted=st.booleans(), ties=st.booleans())
@settings(max_examples=50, deadline=None)
def test_yes_or_no(seed: int, cut: list[int], weighted: bool, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    scores, labels = rng.random((40, 1)), np.arange(40)[:, None] % 2
    scores = scores.round(1) if ties else scores
    weight = rng.random(40) if weighted else None
    truth, called = labels[:, 0], scores[:, 0] > 0.5
    pairs: list[tuple[Metric[Any], Callable[..., Any], Any]] = [
        (Precision(), reference.precision_score, called),
        (Recall(), reference.recall_score, called),
        (FBeta(), reference.f1_score, called),
        (registry.metrics.create("binary_accuracy"), reference.accuracy_score, called),
        (AUC(), reference.roc_auc_score, scores[:, 0]),
    ]
    for metric, function, answer in pairs:
        assert stream(metric, scores, labels, weight, cut) == pytest.approx(
            function(truth, answer, sample_weight=weight)
        )


@given(seed=seeds, classes=st.integers(2, 5), cut=cuts)
@settings(max_examples=30, deadline=None)
def test_the_confusion_matrix(seed: int, classes: int, cut: list[int]) -> None:
    scores, labels, weight = draw_classes(seed, classes)
    metric = ConfusionMatrix()
    state = metric.start()
    for some in np.split(np.arange(40), sorted(cut)):
        state = metric.update(state, scores[some], labels[some], weight[some])
    expected = reference.confusion_matrix(labels, scores.argmax(-1), sample_weight=weight, labels=range(classes))
    np.testing.assert_allclose(state, expected)
