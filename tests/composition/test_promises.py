"""What the contract promises, proved by small layers of a user's own: statistics, integers, several inputs, masks."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from nnframe import Model
from nnframe.interfaces import AnyLayer, Context, LayerRun
from nnframe.layers import Dense, Dropout, Parallel
from tests.samples.batch_norm import SmallBatchNorm
from tests.samples.cross_attention import SmallCrossAttention
from tests.samples.embedding import SmallEmbedding
from tests.samples.recurrent import SmallRecurrent


def data(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def numeric(model: Model, path: str, x: object, y: object, **options: object) -> np.ndarray:
    """Centred differences of the whole loss, element by element."""
    value = model.parameters[path].value
    found = np.zeros_like(value)
    for index in np.ndindex(value.shape):
        old = value[index]
        losses = []
        for step in (1e-5, -1e-5):
            value[index] = old + step
            losses.append(model.loss_and_gradients(x, y, **options)[0])
        value[index] = old
        found[index] = (losses[0] - losses[1]) / 2e-5
    return found


def hold_gradients(model: Model, x: object, y: object, **options: object) -> None:
    _, gradients = model.loss_and_gradients(x, y, **options)
    gradients = copy.deepcopy(gradients)
    for path, gradient in gradients.items():
        np.testing.assert_allclose(gradient, numeric(model, path, x, y, **options), rtol=1e-5, atol=1e-8, err_msg=path)


def test_statistics_are_no_part_of_gradients_and_optimizers_and_are_stored_after_a_step() -> None:
    model = Model([SmallBatchNorm(), Dense(1)], loss="mse", input_shape=(3,))
    assert set(model.parameters) == {"0.scale", "0.shift", "0.mean", "0.variance", "1.weight", "1.bias"}
    assert model.parameters["0.mean"].statistic
    x, y = data(16, 3) + 5, data(16, 1, seed=1)
    hold_gradients(model, x, y, training=True)
    assert "0.mean" not in model.loss_and_gradients(x, y, training=True)[1]
    np.testing.assert_array_equal(model.parameters["0.mean"].value, 0)  # looking stores nothing
    model.fit(x, y, optimizer="sgd", epochs=1, batch_size=16, shuffle=False, progress=False)
    np.testing.assert_allclose(model.parameters["0.mean"].value, 0.1 * x.mean(0), rtol=1e-12)
    np.testing.assert_allclose(model.parameters["0.variance"].value, 0.9 + 0.1 * x.var(0), rtol=1e-12)


def test_inference_reads_the_statistics() -> None:
    model = Model([SmallBatchNorm(epsilon=0.0)], input_shape=(2,))
    model.parameters["0.mean"].value = [1.0, 2.0]
    model.parameters["0.variance"].value = [4.0, 9.0]
    np.testing.assert_allclose(model.predict([[3.0, 5.0]]), [[1.0, 1.0]])


def test_integers_are_taken_and_have_no_gradient() -> None:
    model = Model([SmallEmbedding(5, 3), "flatten", Dense(1)], loss="mse", input_shape=(4,), input_dtype="int64")
    x = np.random.default_rng(0).integers(0, 5, (6, 4))
    hold_gradients(model, x, data(6, 1))


def test_several_inputs_have_a_gradient_each() -> None:
    model = Model(
        [Parallel([Dense(3), Dense(4)]), SmallCrossAttention(2), "flatten", Dense(1)],
        loss="mse",
        input_shape=((2, 3), (5, 2)),
    )
    hold_gradients(model, (data(3, 2, 3), data(3, 5, 2, seed=1)), data(3, 1, seed=2))


def test_a_mask_reaches_the_layers_and_the_loss() -> None:
    mask = np.array([[True, True, False], [True, False, False]])
    model = Model([SmallRecurrent(4), Dense(1)], loss="mse", input_shape=(None, 2))
    x, y = data(2, 3, 2), data(2, 1)
    hold_gradients(model, x, y, mask=mask)
    changed = x.copy()
    changed[~mask] = 99.0
    assert model.loss_and_gradients(x, y, mask=mask)[0] == model.loss_and_gradients(changed, y, mask=mask)[0]

    steps = Model([Dense(1)], loss="mse", input_shape=(None, 2))
    targets = data(2, 3, 1)
    loss, _ = steps.loss_and_gradients(x, targets, mask=mask)
    errors = (steps.predict(x) - targets)[..., 0] ** 2
    assert loss == pytest.approx(errors[mask].mean(), rel=1e-12)


def test_sample_weights_make_a_weighted_mean() -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(2,))
    x, y, weight = data(4, 2), data(4, 1), np.array([1.0, 0.0, 2.0, 1.0])
    hold_gradients(model, x, y, sample_weight=weight)
    errors = ((model.predict(x) - y) ** 2)[:, 0]
    assert model.loss_and_gradients(x, y, sample_weight=weight)[0] == pytest.approx(np.average(errors, weights=weight))


class Recorder:
    """Remembers every run."""

    def __init__(self) -> None:
        self.runs: list[LayerRun] = []
        self.upstreams: list[tuple[tuple[str | int, ...], object]] = []

    def after_forward(self, run: LayerRun) -> None:
        self.runs.append(run)

    def after_pullback(self, run: LayerRun, upstream: object, input_gradient: object, gradient: object) -> None:
        self.upstreams.append((run.path, upstream))


def test_an_observer_sees_every_layer_inside_combinators_and_replays_one_dropout_alone() -> None:
    from nnframe.layers import Residual

    model = Model([Dense(4), Residual([Dense(4), Dropout(0.5), "tanh"])], loss="mse", input_shape=(3,))
    recorder = Recorder()
    context = Context(training=True, rng=np.random.default_rng(7), observer=recorder)
    x, y = data(5, 3), data(5, 4)
    model.compute(x, y, context)
    assert [run.path for run in recorder.runs] == [(0,), (1, 0), (1, 1), (1, 2)]
    assert [path for path, _ in recorder.upstreams] == [(1, 2), (1, 1), (1, 0), (0,)]
    dropout = recorder.runs[2]
    for _ in range(2):
        again, _ = dropout.replay(dropout.parameters, dropout.x)
        np.testing.assert_array_equal(again, dropout.output)
    assert (np.asarray(dropout.output) == 0).any()


def test_regularizers_frozen_parameters_and_constraints_are_given_by_pattern() -> None:
    class_of_rule = {"*.weight": {"name": "l2", "strength": 0.1}}
    model = Model(
        [Dense(3), "tanh", Dense(1)],
        loss="mse",
        input_shape=(2,),
        regularizers=class_of_rule,
        trainable={"0.*": False},
        constraints={"2.weight": "non_negative"},
    )
    x, y = data(8, 2), data(8, 1)
    hold_gradients(model, x, y)
    before = model.parameters["0.weight"].value.copy()
    model.fit(x, y, optimizer={"name": "sgd", "learning_rate": 0.5}, epochs=5, progress=False)
    np.testing.assert_array_equal(model.parameters["0.weight"].value, before)
    assert (model.parameters["2.weight"].value >= 0).all()


def test_a_structure_of_ones_own_needs_no_gradient_and_keeps_paths() -> None:
    from tests.typing.sample import Block

    model = Model([Block(3), Dense(1)], loss="mse", input_shape=(3,))
    assert list(model.parameters) == ["0.0.weight", "0.0.bias", "1.weight", "1.bias"]
    hold_gradients(model, 0.3 * data(4, 3), data(4, 1))


def test_hidden_layers_are_walked() -> None:
    model = Model([Dense(2), {"name": "residual", "layers": [{"name": "dense", "units": 2}]}], input_shape=(2,))
    layer: AnyLayer = model.layer
    assert [step for step, _ in layer.children] == [0, 1]
