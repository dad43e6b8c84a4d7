"""scikit-learn's own checks of estimators, all of them."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("sklearn")

from sklearn.utils.estimator_checks import parametrize_with_checks

from nnframe.sklearn import NNClassifier, NNRegressor


@parametrize_with_checks([NNClassifier(), NNRegressor()])  # type: ignore[untyped-decorator, unused-ignore]
def test_scikit_learn_accepts_it(estimator: Any, check: Any) -> None:
    check(estimator)
