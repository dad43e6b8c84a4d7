"""What fit can be told: weights of classes, schedules."""

from __future__ import annotations

from array import array
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import ConfigurationError, DataError, NNFrameError
from nnframe.layers import Dense
from nnframe.optimizers import SGD
from nnframe.schedules import Exponential
from nnframe.training.class_weight import class_weights
from nnframe.training.fit import resolve_optimizer

RNG = np.random.default_rng(5)
X = RNG.normal(size=(8, 3))
LABELS = np.array([0, 0, 0, 0, 0, 1, 1, 2])
LOSS = {"name": "cross_entropy", "from_logits": True}


def classifier() -> Model:
    return Model([Dense(3)], loss=LOSS, input_shape=(3,), seed=2)


def fitted(y: object, **options: object) -> Model:
    model = classifier()
    options = {"optimizer": SGD(0.5), "epochs": 2, "batch_size": 3, "progress": False} | options
    model.fit(X, y, **options)  # type: ignore[arg-type]
    return model


def test_class_weights_are_torchs() -> None:
    """The weighted mean Σwℓ/Σw, as CrossEntropyLoss(weight=...) has it; the history has the loss before the step."""
    torch = pytest.importorskip("torch")
    weight = [1.0, 2.5, 4.0]
    model = classifier()
    logits = torch.tensor(model.predict(X))
    expected = float(torch.nn.CrossEntropyLoss(torch.tensor(weight, dtype=torch.float64))(logits, torch.tensor(LABELS)))
    history = model.fit(X, LABELS, batch_size=8, class_weight=dict(enumerate(weight)), progress=False)
    assert history.epochs[0]["loss"] == pytest.approx(expected, rel=1e-12)


def test_class_weights_are_sample_weights_by_class() -> None:
    by_hand = np.array([1.0, 2.5, 4.0])[LABELS]
    own = np.arange(1.0, 9.0)
    weights = {1: 2.5, 2: 4.0}
    for y in (LABELS, np.eye(3)[LABELS]):
        expected = fitted(y, sample_weight=by_hand * own).to_vector()
        np.testing.assert_array_equal(fitted(y, sample_weight=own, class_weight=weights).to_vector(), expected)
    batches = [(X[:4], LABELS[:4]), (X[4:], LABELS[4:])]
    model = classifier()
    model.fit(batches, optimizer=SGD(0.5), class_weight=weights, progress=False)
    other = classifier()
    other.fit(X, LABELS, sample_weight=by_hand, batch_size=4, shuffle=False, optimizer=SGD(0.5), progress=False)
    np.testing.assert_array_equal(model.to_vector(), other.to_vector())


def test_balanced_weights_are_scikit_learns() -> None:
    utils = pytest.importorskip("sklearn.utils.class_weight")
    expected = utils.compute_class_weight("balanced", classes=np.arange(3), y=LABELS)
    for y in (LABELS, np.eye(3)[LABELS]):
        assert class_weights("balanced", y) == pytest.approx(dict(enumerate(expected)))


def test_yes_and_no_are_classes_0_and_1() -> None:
    assert class_weights("balanced", np.array([[0.0], [1.0], [1.0], [1.0]])) == pytest.approx({0: 2.0, 1: 2 / 3})


@pytest.mark.parametrize(
    ("weight", "y", "error", "message"),
    [
        ("even", LABELS, ConfigurationError, "or 'balanced'"),
        ({"a": 1.0}, LABELS, ConfigurationError, "whole numbers from 0"),
        ({0: -1.0}, LABELS, ConfigurationError, r"class_weight\[0\] must be a finite number from 0, and is -1"),
        ({5: 1.0}, np.eye(3)[LABELS], DataError, "has class 5, and y has 3 classes"),
        ({0: 0.0, 1: 0.0, 2: 0.0}, LABELS, DataError, "nothing is left"),
        ("balanced", np.full((8, 3), 1 / 3), DataError, "not one-hot"),
    ],
)
def test_bad_class_weights_are_refused(weight: object, y: object, error: type[NNFrameError], message: str) -> None:
    with pytest.raises(error, match=message):
        fitted(y, class_weight=weight)


def test_a_schedule_takes_the_place_of_the_learning_rate() -> None:
    schedule = Exponential(0.5, 0.9, 3)
    expected = fitted(LABELS, optimizer=SGD(schedule)).to_vector()
    np.testing.assert_array_equal(fitted(LABELS, schedule=schedule).to_vector(), expected)
    np.testing.assert_array_equal(
        fitted(LABELS, schedule={"name": "exponential", "every": 3, "factor": 0.9}).to_vector(), expected
    )  # it begins at the optimizer's 0.5


def test_a_schedule_may_say_where_it_begins() -> None:
    assert resolve_optimizer(
        "sgd", {"name": "exponential", "base": 2.0, "every": 3, "factor": 0.9}
    ).learning_rate == Exponential(2.0, 0.9, 3)


def test_a_second_fit_with_the_same_schedule_goes_on() -> None:
    model = classifier()
    for _ in range(2):
        model.fit(X, LABELS, optimizer="sgd", schedule="on_plateau", epochs=2, batch_size=4, progress=False)
    assert model.optimization is not None
    assert (model.optimization.progress.epoch, model.optimization.progress.step) == (4, 8)


def test_an_unknown_schedule_gets_a_suggestion() -> None:
    with pytest.raises(NNFrameError, match="cosine"):
        fitted(LABELS, schedule="cosin")
    with pytest.raises(ConfigurationError, match="schedule must be a Schedule"):
        fitted(LABELS, schedule=3)


@pytest.mark.parametrize(
    "weight",
    [10**400, np.timedelta64(1), 1 + 2j, np.complex64(1), Fraction(10**400), np.float32("inf"), Decimal(2), None, -1],
)
def test_a_class_weight_that_is_no_finite_number_is_refused_by_name(weight: object) -> None:
    with pytest.raises(ConfigurationError, match=r"class_weight\[1\] must be a finite number from 0"):
        fitted(LABELS, class_weight={1: weight})


BUFFERS = [np.array(3.0), memoryview(b"x"), memoryview(b"abcd").cast("B", (2, 2)), bytearray(b"x"), array("d", [1.0])]


@pytest.mark.parametrize("buffer", BUFFERS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("option", ["callbacks", "metrics"])
def test_a_buffer_is_no_list_of_parts(option: str, buffer: object) -> None:
    with pytest.raises(ConfigurationError, match=f"{option} must be a list"):
        fitted(LABELS, **{option: buffer})


@pytest.mark.parametrize("buffer", BUFFERS, ids=lambda value: type(value).__name__)
def test_a_buffer_is_no_iterable_of_batches(buffer: object) -> None:
    with pytest.raises(DataError, match="x came without targets"):
        classifier().fit(buffer, progress=False)
    with pytest.raises(ConfigurationError, match="validation_data must be a tuple"):
        fitted(LABELS, validation_data=buffer)
