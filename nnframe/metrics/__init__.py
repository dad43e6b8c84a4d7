"""The metrics that come with nnframe: numbers that people read, computed batch by batch."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.metrics.accuracy import Accuracy as Accuracy
    from nnframe.metrics.auc import AUC as AUC
    from nnframe.metrics.binary_accuracy import BinaryAccuracy as BinaryAccuracy
    from nnframe.metrics.confusion_matrix import ConfusionMatrix as ConfusionMatrix
    from nnframe.metrics.f_beta import FBeta as FBeta
    from nnframe.metrics.mean_absolute_error import MeanAbsoluteError as MeanAbsoluteError
    from nnframe.metrics.mean_absolute_percentage_error import (
        MeanAbsolutePercentageError as MeanAbsolutePercentageError,
    )
    from nnframe.metrics.mean_squared_error import MeanSquaredError as MeanSquaredError
    from nnframe.metrics.precision import Precision as Precision
    from nnframe.metrics.r2 import R2 as R2
    from nnframe.metrics.recall import Recall as Recall
    from nnframe.metrics.root_mean_squared_error import RootMeanSquaredError as RootMeanSquaredError
    from nnframe.metrics.top_k_accuracy import TopKAccuracy as TopKAccuracy

_HOMES = {
    "AUC": "auc",
    "Accuracy": "accuracy",
    "BinaryAccuracy": "binary_accuracy",
    "ConfusionMatrix": "confusion_matrix",
    "FBeta": "f_beta",
    "MeanAbsoluteError": "mean_absolute_error",
    "MeanAbsolutePercentageError": "mean_absolute_percentage_error",
    "MeanSquaredError": "mean_squared_error",
    "Precision": "precision",
    "R2": "r2",
    "Recall": "recall",
    "RootMeanSquaredError": "root_mean_squared_error",
    "TopKAccuracy": "top_k_accuracy",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
