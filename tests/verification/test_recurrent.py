"""Recurrent layers are proved at all of their steps at once; steps that are not the layer prove nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from attrs import evolve, frozen

from nnframe import Model
from nnframe.arrays import Array
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Layer, Result, Unrolled
from nnframe.layers import GRU, LSTM, Bidirectional, SimpleRNN
from nnframe.layers.recurrent import Recurrent
from nnframe.layers.states import State, Step
from nnframe.verification import GradientVerifier, Verdict, VerificationReport, verify_layer

KINDS = pytest.mark.parametrize("kind", [SimpleRNN, LSTM, GRU])
X = np.random.default_rng(0).normal(size=(3, 7, 5))


def every_element(layer: Recurrent, x: Array) -> VerificationReport:
    """What is said of a layer in a model, whatever it costs."""
    model = Model([layer, "tanh"], loss="mse", input_shape=x.shape[1:], dtype=x.dtype.name)
    target = np.zeros(model.predict(x).shape, x.dtype)
    return GradientVerifier(strategy="every-element").verify(model, x, target)


def unaided(monkeypatch: pytest.MonkeyPatch, layer: Recurrent, x: Array) -> VerificationReport:
    """What is said of a layer that does not tell its steps."""
    with monkeypatch.context() as patch:
        patch.setattr(type(layer), "unrolled", lambda self, x, context: None)
        return every_element(layer, x)


@KINDS
@pytest.mark.parametrize("options", [{}, {"return_sequences": True}, {"backwards": True}])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_element_takes_few_forwards(
    kind: Any, options: dict[str, bool], dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, x = kind(6, **options), X.astype(dtype)
    report, plain = every_element(layer, x), unaided(monkeypatch, layer, x)
    assert report.passed
    assert plain.passed
    for each in report.findings:
        assert each.coverage.one_by_one == each.coverage.total
    assert report.forwards < 0.8 * plain.forwards


@KINDS
def test_what_is_measured_is_what_the_whole_layer_shows(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    report, plain = every_element(kind(3), X), unaided(monkeypatch, kind(3), X)
    for path in ("0.input_weight", "0.recurrent_weight", "0.bias", "0.input"):
        ours, theirs = report[path], plain[path]
        assert ours.relative_difference is not None
        assert ours.relative_difference < 1e-7
        assert theirs.relative_difference is not None
        assert theirs.relative_difference < 1e-7


@KINDS
@pytest.mark.parametrize("sequences", [False, True])
def test_padded_steps(kind: Any, sequences: bool) -> None:
    mask = np.array([[True] * 7, [True] * 4 + [False] * 3, [False] + [True] * 6])
    layer = kind(4, sequences)
    weights = layer.initialize(X, np.random.default_rng(1))
    context = Context(mask=mask)
    unrolled = layer.unrolled(X, context)
    states = np.zeros(unrolled.before.shape)
    for _ in range(X.shape[1]):
        new, _ = unrolled.run(weights, (X, states))
        states = np.where(unrolled.before >= 0, new.reshape(-1)[unrolled.before], 0.0)
    np.testing.assert_allclose(new.reshape(-1)[unrolled.shown], layer.forward(weights, X, context)[0], rtol=1e-13)


def test_inside_a_model() -> None:
    model = Model([Bidirectional(LSTM(4, return_sequences=True)), GRU(3)], loss="mse", input_shape=(7, 5))
    report = GradientVerifier(strategy="every-element").verify(model, X, np.ones((3, 3)))
    assert report.passed
    assert all(each.coverage.one_by_one == each.coverage.total for each in report.findings)


def test_an_input_of_another_shape_is_refused() -> None:
    with pytest.raises(ShapeError, match="LSTM"):
        verify_layer(LSTM(2), X[0], parameters=LSTM(2).initialize(X, np.random.default_rng(0)))


def test_a_small_budget_is_not_spent_on_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    report = verify_layer(LSTM(8), X, budget=200)
    monkeypatch.setattr(LSTM, "unrolled", lambda self, x, context: None)
    assert report.forwards <= verify_layer(LSTM(8), X, budget=200).forwards + 1


@frozen
class Forgetful(LSTM):
    """An LSTM whose pullback forgets what the cell hands back."""

    def step(self, weights: Any, projected: Array, state: State) -> Step:
        new, back = LSTM.step(self, weights, projected, state)

        def forgetful(dstate: State) -> tuple[Array, Array, State]:
            into, over, (dh, dc) = back(dstate)
            return into, over, (dh, 0.5 * dc)

        return new, forgetful


@frozen
class Wrong(LSTM):
    """An LSTM whose gradients are wrong in one element only, behind right steps."""

    def _gradients(self, *arguments: Any) -> Any:
        dx, gradient = LSTM._gradients(self, *arguments)  # noqa: SLF001 - the fault is put there
        weight = gradient.recurrent_weight.copy()
        weight[2, 5] *= 1.01
        return dx, evolve(gradient, recurrent_weight=weight)


def test_a_wrong_step_is_found() -> None:
    report = verify_layer(Forgetful(4), X)
    assert report.failed
    assert {each.verdict for each in report.findings} == {Verdict.FAIL}


def test_one_wrong_element_is_named() -> None:
    report = verify_layer(Wrong(4), X)
    assert report["recurrent_weight"].wrong == ((2, 5),)
    assert report["input_weight"].verdict is Verdict.PASS


@frozen(eq=False)
class Weight:
    w: Array


@frozen
class Squared(Layer[Weight]):
    """y = w² x with w = 1, and the gradient of w x; ``told`` tells of steps, which may be another function's."""

    power: int
    told: int

    def initialize(self, x: Array, rng: np.random.Generator) -> Weight:
        return Weight(np.ones(x.shape[-1]))

    def forward(self, parameters: Weight, x: Array, context: Context) -> Result[Weight]:
        return self._of(2, parameters, x)

    def unrolled(self, x: object, context: Context) -> Unrolled:
        places = np.arange(np.size(x)).reshape(np.shape(x))
        return Unrolled(partial(self._steps, self.told), np.full(np.shape(x), -1), places)

    def _steps(self, power: int, parameters: Weight, given: tuple[Array, Array]) -> Any:
        y, pullback = self._of(power, parameters, given[0])

        def pull(dy: Array) -> Any:
            dx, gradient = pullback(dy)
            return (dx, np.zeros_like(given[1])), gradient

        return y, pull

    def _of(self, power: int, parameters: Weight, x: Array) -> Result[Weight]:
        factor = parameters.w**power

        def pullback(dy: Array) -> tuple[Array, Weight]:
            return dy * factor, Weight(self.power * (dy * x * parameters.w ** (self.power - 1)).sum((0, 1)))

        return x * factor, pullback


def test_steps_of_another_function_do_not_prove_a_wrong_gradient() -> None:
    """At w = 1 the outputs are the same, and the gradient given is that of the steps."""
    assert verify_layer(Squared(power=1, told=1), X)["w"].verdict is Verdict.FAIL
    assert verify_layer(Squared(power=2, told=1), X).passed
    assert verify_layer(Squared(power=2, told=2), X).passed


@pytest.mark.parametrize("broken", ["before", "shown", "run"])
def test_steps_that_cannot_be_taken_are_left_alone(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = SimpleRNN.unrolled

    def wrong(self: SimpleRNN, x: object, context: Context) -> Unrolled:
        found = right(self, x, context)
        changed: dict[str, Any] = {
            "before": np.roll(found.before, 1, axis=0),
            "shown": found.shown + 10**6,
            "run": lambda parameters, given: (np.zeros(3), lambda dy: (None, None)),
        }
        return evolve(found, **{broken: changed[broken]})

    monkeypatch.setattr(SimpleRNN, "unrolled", wrong)
    assert verify_layer(SimpleRNN(4), X).passed
