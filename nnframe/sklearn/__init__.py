"""scikit-learn's side: a network as an estimator, for pipelines and grid search."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.sklearn.classifier import NNClassifier as NNClassifier
    from nnframe.sklearn.regressor import NNRegressor as NNRegressor

_HOMES = {"NNClassifier": "classifier", "NNRegressor": "regressor"}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
