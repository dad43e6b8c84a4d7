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
