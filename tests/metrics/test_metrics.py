"""What metrics refuse, time steps, and metrics of nothing."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from nnframe import registry
from nnframe.errors import ConfigurationError, DataError, NNFrameError, ShapeError
from nnframe.metrics import AUC, Accuracy, BinaryAccuracy, MeanAbsoluteError, Precision, TopKAccuracy


@pytest.mark.parametrize("name", sorted(name for name in registry.metrics.names()))
def test_a_metric_of_nothing_is_not_a_number(name: str) -> None:
    metric = registry.metrics.create(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert math.isnan(metric.value(metric.start()))


def test_an_example_weight_holds_for_all_its_time_steps() -> None:
    prediction, target = np.array([[[1.0], [1.0]], [[5.0], [7.0]]]), np.zeros((2, 2, 1))
    metric = MeanAbsoluteError()
    assert metric.value(metric.update(metric.start(), prediction, target, np.array([3.0, 1.0]))) == (3 + 3 + 5 + 7) / 8


def test_auc_of_one_class_is_not_a_number() -> None:
    metric = AUC()
    assert math.isnan(metric.value(metric.update(metric.start(), np.ones((3, 1)), np.ones((3, 1)), None)))


@pytest.mark.parametrize(
    ("metric", "prediction", "target", "error", "message"),
    [
        (MeanAbsoluteError(), (3, 1), (3,), ShapeError, r"y\[:, None\]"),
        (Accuracy(), (3, 1), (3,), ShapeError, "binary_accuracy"),
        (Accuracy(), (3, 4), (3, 1), ShapeError, r"\(3, 4\)"),
        (Precision(), (3, 4), (3,), DataError, "macro"),
        (Precision(), (3, 1), (4,), ShapeError, "3 targets"),
        (AUC(), (3, 2), (3,), ShapeError, "one output"),
    ],
)
def test_what_does_not_fit_is_refused(
    metric: Accuracy, prediction: tuple[int, ...], target: tuple[int, ...], error: type[NNFrameError], message: str
) -> None:
    with pytest.raises(error, match=message):
        metric.update(metric.start(), np.ones(prediction), np.zeros(target, int), None)


def test_options_are_checked() -> None:
    with pytest.raises(ConfigurationError, match="k must be"):
        TopKAccuracy(k=0)
    with pytest.raises(ConfigurationError, match="threshold"):
        BinaryAccuracy(threshold=math.nan)
    with pytest.raises(ConfigurationError, match="average"):
        Precision(average="mean")  # type: ignore[arg-type]


CLASSES = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
YES = np.array([[0.9], [0.1], [0.7]])


@pytest.mark.parametrize("name", sorted(registry.metrics.names()))
def test_a_prediction_that_is_nan_never_scores(name: str) -> None:
    """The nan stands where the right answer is, and where argmax would find it."""
    metric = registry.metrics.create(name)
    yes = name in ("auc", "binary_accuracy", "mae", "mape", "mse", "rmse", "r2")
    prediction = np.array(YES if yes else CLASSES)
    target = np.array([[1.0], [0.0], [1.0]]) if yes else np.array([0, 1, 0])
    assert math.isfinite(metric.value(metric.update(metric.start(), prediction, target, None)))
    prediction[0, 0] = np.nan
    with np.errstate(all="ignore"):
        assert math.isnan(metric.value(metric.update(metric.start(), prediction, target, None)))


def test_r2_of_constant_targets_and_a_nan_is_nan() -> None:
    metric = registry.metrics.create("r2")
    assert math.isnan(metric.value(metric.update(metric.start(), np.array([[np.nan], [1.0]]), np.ones((2, 1)), None)))


@pytest.mark.parametrize("name", sorted(registry.metrics.names()))
def test_merged_states_are_the_state_of_all(name: str) -> None:
    rng = np.random.default_rng(3)
    metric = registry.metrics.create(name)
    yes = name in ("auc", "binary_accuracy", "mae", "mape", "mse", "rmse", "r2")
    prediction = rng.random((30, 1 if yes else 2))
    target = rng.integers(0, 2, (30, 1)).astype(float) if yes else rng.integers(0, 2, 30)
    weight = rng.uniform(0.1, 2, 30)
    parts = [
        metric.update(metric.start(), prediction[rows], target[rows], weight[rows])
        for rows in (slice(0, 7), slice(7, 19), slice(19, 30))
    ]
    whole = metric.value(metric.update(metric.start(), prediction, target, weight))
    joined = metric.merge(metric.merge(metric.merge(metric.start(), parts[2]), parts[0]), parts[1])
    assert metric.value(joined) == pytest.approx(whole, rel=1e-12)
