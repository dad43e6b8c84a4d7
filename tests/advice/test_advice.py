"""Every piece of advice: what it sees in a healthy model, and in one that has exactly what it warns of."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from attrs import frozen

from nnframe import Model
from nnframe.advice import AdviceReport, Status, Trial, advise, arrangement, learning, numerics, second
from nnframe.arrays import Array
from nnframe.interfaces import Context, Elementwise, Function, Regularizer
from nnframe.layers import Dense, Dropout
from nnframe.verification import VerificationReport

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 5)), RNG.integers(0, 3, 40)
UNREPLAYED = np.random.default_rng(1)


@frozen
class Wrong(Elementwise):
    """y = x³ whose derivative has lost its factor."""

    def value(self, x: Array) -> Array:
        return x**3

    def derivative(self, x: Array, y: Array) -> Array:
        return x**2


def classifier(*layers: object, **options: object) -> Model:
    loss = {"name": "cross_entropy", "from_logits": True}
    return Model([Dense(12), *(layers or ("tanh",)), Dense(3)], loss=loss, input_shape=(5,), **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def healthy() -> tuple[Model, Array, AdviceReport]:
    model = classifier("tanh", Dropout(0.2), regularizers={"*.weight": "l2"})
    before = model.to_vector().copy()
    return model, before, advise(model, X, Y)


def test_a_healthy_model_is_fine_in_every_respect(healthy: tuple[Model, Array, AdviceReport]) -> None:
    report = healthy[2]
    assert [str(each) for each in report.advice if each.status is not Status.FINE] == []
    assert len(report.advice) == 16


def test_the_model_is_left_as_it_was(healthy: tuple[Model, Array, AdviceReport]) -> None:
    model, before, _ = healthy
    np.testing.assert_array_equal(model.to_vector(), before)


def test_what_was_seen_is_data(healthy: tuple[Model, Array, AdviceReport]) -> None:
    report = healthy[2]
    read = json.loads(report.to_json())
    assert read["fine"]
    assert read["advice"][0] == {
        "name": "use few examples",
        "status": "fine",
        "saw": "8 of 40 examples",
        "numbers": {"examples": 8.0},
    }


@pytest.mark.parametrize(
    "check",
    [
        numerics.relative_errors,
        numerics.centred_formula,
        numerics.step_size,
        second.taylor_remainder,
        second.symmetric_second_derivatives,
        arrangement.after_burn_in,
    ],
    ids=lambda check: check.__name__,
)
def test_a_wrong_gradient_shows_in_everything_that_looks_at_it(check: object) -> None:
    report = advise(classifier(Wrong()), X, Y, checks=[check])  # type: ignore[list-item]
    assert report.advice[0].status is Status.LOOK


def test_one_example_is_too_few() -> None:
    assert arrangement.few_examples(Trial.of(classifier(), X[:1], Y[:1])).status is Status.LOOK


def test_gradients_that_vanish_are_seen() -> None:
    model = classifier()
    model.load_vector(model.to_vector() * 0)
    assert numerics.floats_in_range(Trial.of(model, X[:4], Y[:4])).saw
    huge = Model([Dense(1)], loss="mse", input_shape=(1,))
    tiny = Trial.of(huge, np.full((4, 1), 1e-13), np.full((4, 1), 1e-13))
    assert numerics.floats_in_range(tiny).status is Status.LOOK


def test_a_kink_is_seen() -> None:
    model = Model(["relu", Dense(1)], loss="mse", input_shape=(3,))
    found = numerics.kinks(Trial.of(model, np.zeros((2, 3)), np.ones((2, 1))))
    assert found.status is Status.LOOK
    assert "0.input" in found.saw


def test_float32_is_mentioned() -> None:
    assert "float32" in numerics.double_precision(Trial.of(classifier(dtype="float32"), X, Y)).saw


def test_penalties_that_drown_the_data_are_seen() -> None:
    model = classifier(regularizers={"*.weight": {"name": "l2", "strength": 1e3}})
    assert arrangement.regularization_apart(Trial.of(model, X, Y)).status is Status.LOOK


def test_a_loss_worse_than_guessing_is_seen() -> None:
    model = classifier()
    model.load_vector(model.to_vector() * 20)
    found = learning.loss_at_chance(Trial.of(model, X, Y))
    assert found.status is Status.LOOK
    assert found.numbers["chance"] == pytest.approx(np.log(3))


def test_what_cannot_learn_a_few_examples_is_seen() -> None:
    frozen_model = classifier(trainable={"*": False})
    assert learning.overfit_a_few(Trial.of(frozen_model, X, Y)).status is Status.LOOK


@frozen
class Restless(Function):
    """y = c x, with random numbers of its own that nobody can replay."""

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        factor = UNREPLAYED.normal()
        return factor * x, lambda upstream: factor * upstream


def test_random_numbers_that_are_not_replayed_are_seen() -> None:
    found = arrangement.replayed_dropout(Trial.of(classifier(Restless()), X, Y))
    assert found.status is Status.LOOK
    assert "the same random numbers give" in found.saw


@frozen
class Backwards(Regularizer):
    """A penalty that falls with its strength."""

    strength: float = 0.1

    def penalty(self, value: Array) -> tuple[float, Array]:
        return float((value**2).sum()) / self.strength, 2 * value / self.strength


def test_a_penalty_that_falls_with_its_strength_is_seen() -> None:
    model = classifier(regularizers={"*.weight": Backwards()})
    assert learning.stronger_regularization(Trial.of(model, X, Y)).status is Status.LOOK


def test_a_tensor_that_was_not_looked_at_is_named() -> None:
    trial = Trial.of(classifier(), X, Y)
    report = trial.report
    left = tuple(each for each in report.findings if each.path != "0.bias")
    trial.report = VerificationReport(left)
    found = arrangement.every_tensor(trial)
    assert found.status is Status.LOOK
    assert found.saw == "not looked at: 0.bias"


def test_a_loss_that_explodes_in_the_burn_in_is_seen() -> None:
    model = Model([Dense(3), "exponential", "exponential", Dense(1)], loss="mse", input_shape=(5,))
    with np.errstate(all="ignore"):
        found = arrangement.after_burn_in(Trial.of(model, 60 * X, 1e9 * Y[:, None].astype(float)))
    assert found.status is Status.LOOK


def test_advice_that_does_not_apply_is_skipped() -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(5,))
    report = advise(model, X, X[:, :1], checks=[learning.loss_at_chance, learning.stronger_regularization])
    assert [each.status for each in report.advice] == [Status.SKIPPED, Status.SKIPPED]


def test_a_check_that_breaks_hides_no_other() -> None:
    def broken_check(trial: Trial) -> object:
        raise ValueError("no")

    report = advise(classifier(), X, Y, checks=[broken_check, arrangement.few_examples])  # type: ignore[list-item]
    assert [each.status for each in report.advice] == [Status.LOOK, Status.FINE]
