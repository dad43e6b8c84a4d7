"""NNClassifier and NNRegressor at work: pipelines, searches, labels, weights, copies."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris, load_wine, make_multilabel_classification
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nnframe.errors import ConfigurationError, NNFrameError
from nnframe.layers import Dense, Reshape
from nnframe.optimizers import SGD
from nnframe.schedules import Cosine
from nnframe.sklearn import NNClassifier, NNRegressor

X, Y = load_iris(return_X_y=True)
X = (X - X.mean(0)) / X.std(0)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]


def quick(**options: Any) -> NNClassifier:
    given: dict[str, Any] = {
        "hidden_layer_sizes": (8,),
        "activation": "tanh",
        "learning_rate": 0.02,
        "epochs": 60,
        "random_state": 0,
    }
    return NNClassifier(**(given | options))


def test_a_pipeline_is_scored_by_cross_validation() -> None:
    x, y = load_wine(return_X_y=True)
    scores = cross_val_score(make_pipeline(StandardScaler(), quick()), x, y, cv=3)
    assert scores.mean() > 0.95


def test_a_grid_search_finds_the_learning_rate_that_learns() -> None:
    grid = {"learning_rate": [1e-6, 0.02], "optimizer": ["adam", SGD(momentum=0.9)]}
    search = GridSearchCV(quick(), grid, cv=3).fit(X, NAMES)
    assert search.best_params_["learning_rate"] == 0.02
    assert search.best_score_ > 0.93


def test_a_grid_search_works_in_other_processes() -> None:
    search = GridSearchCV(quick(epochs=3), {"layers": [[Dense(4), "tanh"], [Dense(5), "tanh"]]}, cv=2, n_jobs=2)
    assert len(search.fit(X, NAMES).cv_results_["params"]) == 2


def test_a_regressor_of_targets_of_any_size() -> None:
    x, y = load_diabetes(return_X_y=True)
    regressor = NNRegressor(
        (16,), "tanh", epochs=60, random_state=0, regularizers={"*.weight": {"name": "l2", "strength": 0.01}}
    )
    scaled = TransformedTargetRegressor(make_pipeline(StandardScaler(), regressor), transformer=StandardScaler())
    assert cross_val_score(scaled, x, y, cv=3).mean() > 0.4


def test_several_targets_and_one_column() -> None:
    both = np.stack([X[:, 0], X[:, 1] - X[:, 2]], 1)
    regressor = NNRegressor((8,), "tanh", learning_rate=0.02, random_state=0).fit(X, both)
    assert regressor.predict(X).shape == (150, 2)
    assert regressor.score(X, both) > 0.95
    assert regressor.set_params(loss="huber", epochs=1).fit(X, both[:, 0]).predict(X).shape == (150,)


def test_labels_of_text_come_back_and_probabilities_are_in_their_order() -> None:
    classifier = quick().fit(X, NAMES)
    assert classifier.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    probability = classifier.predict_proba(X)
    np.testing.assert_allclose(probability.sum(1), 1)
    np.testing.assert_array_equal(classifier.classes_[probability.argmax(1)], classifier.predict(X))
    assert classifier.score(X, NAMES) > 0.95


def test_several_labels_are_each_yes_or_no() -> None:
    x, y = make_multilabel_classification(200, n_features=6, n_classes=3, random_state=0)
    classifier = make_pipeline(StandardScaler(), quick(epochs=200)).fit(x, y)
    probability = classifier.predict_proba(x)
    assert probability.shape == y.shape
    np.testing.assert_array_equal(classifier.predict(x), probability > 0.5)
    assert (classifier.predict(x) == y).mean() > 0.85


def test_an_unlikely_class_is_weighed_up() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, (190, 1)), rng.normal(1, 1, (10, 1))])
    y = np.repeat(["often", "rare"], [190, 10])
    plain, balanced = quick().fit(x, y), quick(class_weight="balanced").fit(x, y)
    assert (plain.predict(x) == "rare").mean() < 0.05
    assert (balanced.predict(x) == "rare").mean() > 0.2
    by_hand = quick(class_weight={"often": 200 / 380, "rare": 10.0}).fit(x, y)
    np.testing.assert_allclose(by_hand.predict_proba(x), balanced.predict_proba(x), rtol=1e-6)
    with pytest.raises(ConfigurationError, match="class_weight has the class 'never'"):
        quick(class_weight={"never": 1.0}).fit(x, y)


def test_early_stopping_goes_back_to_the_best_epoch() -> None:
    classifier = quick(early_stopping=True, patience=3, epochs=1000, validation_fraction=0.3).fit(X, Y)
    losses = classifier.history_["val_loss"]
    assert classifier.n_iter_ == len(losses) < 1000
    assert int(np.argmin(losses)) == len(losses) - 4


def test_a_warm_start_goes_on_exactly() -> None:
    whole = quick(epochs=10, shuffle=False).fit(X, Y)
    parts = quick(epochs=5, shuffle=False, warm_start=True).fit(X, Y).fit(X, Y)
    np.testing.assert_array_equal(parts.predict_proba(X), whole.predict_proba(X))
    with pytest.raises(ConfigurationError, match="warm_start"):
        parts.fit(X, Y == 0)
    with pytest.raises(ConfigurationError, match="4 features"):
        parts.fit(X[:, :2], Y)


def test_pickles_predict_the_same_and_go_on_the_same() -> None:
    classifier = quick(epochs=5, warm_start=True, learning_rate=Cosine(0.02, 40)).fit(X, NAMES)
    other = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(other.predict_proba(X), classifier.predict_proba(X))
    np.testing.assert_array_equal(other.fit(X, NAMES).predict_proba(X), classifier.fit(X, NAMES).predict_proba(X))


def test_layers_take_the_place_of_the_hidden_ones() -> None:
    layers = [Reshape((4, 1)), {"name": "conv1d", "filters": 3, "kernel_size": 2}, "tanh", "flatten"]
    classifier = quick(layers=layers).fit(X, Y)
    assert classifier.score(X, Y) > 0.9
    assert clone(classifier).get_params()["layers"] == layers


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hidden_layer_sizes": (0,)}, "whole numbers from 1"),
        ({"activation": "tahn"}, "did you mean 'tanh'"),
        ({"epochs": 0}, "epochs"),
        ({"batch_size": -1}, "batch_size"),
        ({"dtype": "float16"}, "float16"),
    ],
)
def test_bad_parameters_are_refused_by_fit(options: dict[str, object], message: str) -> None:
    with pytest.raises(NNFrameError, match=message):
        quick(**options).fit(X, Y)


def test_single_precision() -> None:
    assert quick(dtype="float32").fit(X, Y).predict_proba(X).sum() == pytest.approx(150)


def test_importing_nnframe_does_not_import_scikit_learn() -> None:
    code = "import sys, nnframe, nnframe.sklearn; nnframe.Model; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_scikit_learn_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['sklearn'] = None; from nnframe.sklearn import NNClassifier"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MissingDependencyError: this needs scikit-learn, 1.6 or later: install nnframe[sklearn]" in result.stderr
