"""One definition of a mean: Σ wℓ / Σ w over all of the data, whatever batches, masks and weights are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from attrs import frozen
from hypothesis import given, settings, strategies as st

from nnframe import Model, registry
from nnframe.arrays import Array
from nnframe.composition.reduction import WeightedMean
from nnframe.errors import DataError, ShapeError
from nnframe.interfaces import Batch
from nnframe.layers import Dense
from nnframe.optimizers import SGD
from tests.samples.largest_distance import LargestDistance

STILL = SGD(0.0)
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(autouse=True, scope="module")
def _own_metrics() -> Iterator[None]:
    registry.metrics.register("largest_distance")(LargestDistance)
    yield
    registry.metrics.unregister("largest_distance")


@frozen(eq=False)
class Case:
    """Data, weights and masks of random shapes, and what comes out, written in NumPy."""

    model: Model
    x: Array
    y: Array
    weight: Array | None
    mask: Any
    loss: float
    mae: float
    rows: Any

    @classmethod
    def draw(cls, seed: int, axes: int, weighted: str, masked: bool) -> Case:
        rng = np.random.default_rng(seed)
        shape = (int(rng.integers(2, 12)), *rng.integers(1, 5, axes).tolist())
        x, y = rng.normal(size=(*shape, 2)), 3 * rng.normal(size=(*shape, 2)) + 5
        weight = None
        if weighted != "none":
            weight = rng.uniform(0, 2, shape if weighted == "steps" else shape[:1])
            weight[rng.random(weight.shape) < 0.3] = 0.0
            weight.flat[0] = 1.0
        mask = None
        if masked and axes:
            mask = rng.random(shape[:2]) < 0.7
            mask.flat[0] = True
            y[~mask] = 1e6
        model = Model(["identity"], loss="mse", input_shape=(*(None,) * axes, 2))
        full = np.ones(shape)
        if weight is not None:
            full *= weight.reshape(weight.shape + (1,) * (len(shape) - weight.ndim))
        if mask is not None:
            full *= mask.reshape(mask.shape + (1,) * (len(shape) - 2))
        losses, distances = ((x - y) ** 2).mean(-1), np.abs(x - y).mean(-1)
        return cls(
            model,
            x,
            y,
            weight,
            mask,
            math.fsum((full * losses).ravel()) / math.fsum(full.ravel()),
            math.fsum((full * distances).ravel()) / math.fsum(full.ravel()),
            full > 0,
        )

    def order(self, seed: int) -> Case:
        """The same data in another order."""
        rows = np.random.default_rng(seed).permutation(len(self.x))
        weight = None if self.weight is None else self.weight[rows]
        mask = None if self.mask is None else self.mask[rows]
        return Case(self.model, self.x[rows], self.y[rows], weight, mask, self.loss, self.mae, self.rows[rows])

    @property
    def options(self) -> dict[str, Any]:
        return {"sample_weight": self.weight, "mask": self.mask}


cases = st.builds(Case.draw, seeds, st.integers(0, 2), st.sampled_from(["none", "examples", "steps"]), st.booleans())


@settings(deadline=None, max_examples=60)
@given(cases, st.integers(1, 12), seeds)
def test_evaluate_gives_the_weighted_mean_for_every_batch_size_and_order(case: Case, size: int, seed: int) -> None:
    case = case.order(seed)
    found = case.model.evaluate(case.x, case.y, batch_size=size, metrics=["mae", "largest_distance"], **case.options)
    assert found["loss"] == pytest.approx(case.loss, rel=1e-12)
    assert found["mae"] == pytest.approx(case.mae, rel=1e-12)
    assert found["largest_distance"] == np.abs(case.x - case.y)[case.rows].max()


@settings(deadline=None, max_examples=30)
@given(cases, st.integers(1, 12), st.none() | st.integers(1, 5))
def test_fit_and_validation_give_it_too(case: Case, size: int, micro: int | None) -> None:
    data = Batch(case.x, case.y, case.weight, case.mask)
    history = case.model.fit(
        case.x,
        case.y,
        optimizer=STILL,
        batch_size=size,
        micro_batch_size=micro,
        metrics=["mae"],
        validation_data=data,
        progress=False,
        **case.options,
    )
    for name, expected in (("loss", case.loss), ("val_loss", case.loss), ("mae", case.mae), ("val_mae", case.mae)):
        assert history.last[name] == pytest.approx(expected, rel=1e-12), name


@settings(deadline=None, max_examples=30)
@given(cases, st.lists(st.integers(0, 12), max_size=4))
def test_batches_of_any_lengths_give_it(case: Case, cuts: list[int]) -> None:
    places = [0, *sorted({min(cut, len(case.x)) for cut in cuts} - {0, len(case.x)}), len(case.x)]
    rows = [slice(start, stop) for start, stop in pairwise(places)]
    batches = [
        Batch(
            case.x[some],
            case.y[some],
            None if case.weight is None else case.weight[some],
            None if case.mask is None else case.mask[some],
        )
        for some in rows
    ]
    assert case.model.evaluate(batches)["loss"] == pytest.approx(case.loss, rel=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 9), seeds, st.sampled_from(["examples", "steps"]))
def test_micro_batches_are_divided_by_the_weights_of_the_whole_batch(size: int, seed: int, weighted: str) -> None:
    rng = np.random.default_rng(seed)
    x, y, mask = rng.normal(size=(7, 3, 2)), rng.normal(size=(7, 3, 2)), rng.random((7, 3)) < 0.6
    weight = rng.uniform(0, 2, (7, 3) if weighted == "steps" else 7)
    mask[0], weight[0] = True, 1.0
    models = [Model([Dense(2)], loss="mse", input_shape=(None, 2), seed=3) for _ in range(2)]
    options: dict[str, Any] = {"optimizer": SGD(0.1), "batch_size": 7, "sample_weight": weight, "progress": False}
    models[0].fit(x, y, mask=mask, **options)
    models[1].fit(x, y, mask=mask, micro_batch_size=size, **options)
    np.testing.assert_allclose(models[0].to_vector(), models[1].to_vector(), rtol=1e-12)


def test_an_epoch_is_the_weighted_mean_of_what_its_steps_gave() -> None:
    rng = np.random.default_rng(0)
    x, y, weight = rng.normal(size=(7, 2)), rng.normal(size=(7, 1)), rng.uniform(0.1, 3, 7)
    model = Model([Dense(1)], loss="mse", input_shape=(2,))
    by_hand = Model([Dense(1)], loss="mse", input_shape=(2,))
    steps = [
        by_hand.train_step(x[rows], y[rows], optimizer=SGD(0.1), sample_weight=weight[rows])
        for rows in (slice(0, 3), slice(3, 6), slice(6, 7))
    ]
    history = model.fit(x, y, optimizer=SGD(0.1), batch_size=3, shuffle=False, sample_weight=weight, progress=False)
    shares = [weight[:3].sum(), weight[3:6].sum(), weight[6:].sum()]
    assert history.last["loss"] == pytest.approx(np.average(steps, weights=shares), rel=1e-12)


@pytest.mark.parametrize("optimizer", ["adam", {"name": "sgd", "momentum": 0.9}])
def test_a_batch_in_which_nothing_counts_changes_nothing(optimizer: Any) -> None:
    rng = np.random.default_rng(0)
    x, y, weight = rng.normal(size=(12, 3)), rng.normal(size=(12, 1)), np.ones(12)
    weight[4:8] = 0.0
    options = {"optimizer": optimizer, "batch_size": 4, "epochs": 3, "shuffle": False, "progress": False}
    layers = [Dense(3), "batch_norm", Dense(1)]
    models = [Model(layers, loss="mse", input_shape=(3,), regularizers={"*weight": "l2"}) for _ in range(2)]
    histories = [
        models[0].fit(x, y, sample_weight=weight, metrics=["mae"], **options),
        models[1].fit(x[weight > 0], y[weight > 0], metrics=["mae"], **options),
    ]
    for path, each in models[0].parameters.items():
        np.testing.assert_allclose(each.value, models[1].parameters[path].value, rtol=1e-12, atol=1e-15, err_msg=path)
    assert histories[0]["loss"] == pytest.approx(histories[1]["loss"], rel=1e-12)
    assert histories[0]["mae"] == pytest.approx(histories[1]["mae"], rel=1e-12)


@pytest.mark.parametrize("weights", [{"sample_weight": np.zeros(6)}, {"mask": np.zeros((6, 2), bool)}])
def test_data_in_which_nothing_counts_are_refused_before_the_first_step(weights: dict[str, Any]) -> None:
    x, y = np.zeros((6, 2, 1)), np.ones((6, 2, 1))
    model = Model([Dense(1)], loss="mse", input_shape=(2, 1))
    before = model.to_vector()
    with pytest.raises(DataError, match="nothing is left to learn from"):
        model.fit(x, y, progress=False, **weights)
    with pytest.raises(DataError, match="nothing"):
        model.evaluate(x, y, **weights)
    np.testing.assert_array_equal(model.to_vector(), before)


def test_batches_of_which_none_counts_have_no_mean() -> None:
    model = Model(["identity"], loss="mse", input_shape=(1,))
    with pytest.raises(DataError, match="nothing in the data counts"):
        model.evaluate([(np.zeros((2, 1)), np.ones((2, 1)), np.zeros(2))])
    with pytest.raises(DataError, match="nothing in the data counts"):
        model.evaluate([])


def test_a_loss_that_does_not_count_may_be_infinite() -> None:
    model = Model(["exponential"], loss="mse", input_shape=(1,))
    x = np.array([[0.0], [1e3]])
    with np.errstate(over="ignore"):
        found = model.evaluate(x, [[3.0], [0.0]], sample_weight=[1.0, 0.0], metrics=["mae"])
    assert found == {"loss": 4.0, "mae": 2.0}


def test_weights_that_fit_neither_examples_nor_steps_are_refused() -> None:
    model = Model(["identity"], loss="mse", input_shape=(3, 1))
    with pytest.raises(
        ShapeError, match=r"\(4,\), one for each example or \(4, 3\), one for each step, and has \(4, 2\)"
    ):
        model.evaluate(np.zeros((4, 3, 1)), np.zeros((4, 3, 1)), sample_weight=np.ones((4, 2)))


@given(st.lists(st.tuples(st.floats(-1e12, 1e12), st.floats(1e-6, 1e6)), min_size=1, max_size=50), st.randoms())
@settings(deadline=None, max_examples=50)
def test_the_mean_has_no_order(pairs: list[tuple[float, float]], random: Any) -> None:
    def mean(several: list[tuple[float, float]]) -> float:
        made = WeightedMean()
        for loss, weight in several:
            made.add(loss * weight, weight)
        return made.value

    shuffled = list(pairs)
    random.shuffle(shuffled)
    exact = math.fsum(loss * weight for loss, weight in pairs) / math.fsum(weight for _, weight in pairs)
    assert mean(pairs) == pytest.approx(exact, rel=1e-14)
    assert mean(shuffled) == pytest.approx(exact, rel=1e-14)
