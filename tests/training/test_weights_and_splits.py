"""What class weights reach, what validation may be, what is held out, and what stays frozen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import ConfigurationError, DataError
from nnframe.interfaces import Batch
from nnframe.layers import BatchNorm, Dense
from nnframe.optimizers import SGD

RNG = np.random.default_rng(0)
LOGITS = {"name": "cross_entropy", "from_logits": True}
WEIGHTS = {1: 2.5, 2: 4.0}


def steps(classes: int = 3) -> Model:
    return Model(["identity"], loss=LOGITS, input_shape=(None, classes))


def test_labels_of_time_steps_are_never_taken_for_one_hot_rows() -> None:
    """Each row of labels has a single 1, as a one-hot row has; the loss reads labels, and so do the weights."""
    x, y = RNG.normal(size=(6, 3, 3)), np.eye(3, dtype=int)[RNG.integers(0, 3, 6)]
    weight = np.array([1.0, 2.5, 4.0])[y]
    history = steps().fit(x, y, class_weight=WEIGHTS, optimizer=SGD(0.0), metrics=["accuracy"], progress=False)
    losses = steps().losses(x, y)
    assert history.last["loss"] == pytest.approx((weight * losses).sum() / weight.sum(), rel=1e-12)
    right = x.argmax(-1) == y
    assert history.last["accuracy"] == pytest.approx((weight * right).sum() / weight.sum(), rel=1e-12)


@pytest.mark.parametrize("one_hot", [False, True])
def test_balanced_weights_of_steps_are_those_of_the_rows(one_hot: bool) -> None:
    utils = pytest.importorskip("sklearn.utils.class_weight")
    x, y = RNG.normal(size=(6, 4, 3)), RNG.integers(0, 3, (6, 4))
    y[0, :3] = 0, 1, 2
    weight = utils.compute_sample_weight("balanced", y.ravel()).reshape(y.shape)
    target = np.eye(3)[y] if one_hot else y
    history = steps().fit(x, target, class_weight="balanced", optimizer=SGD(0.0), progress=False)
    losses = steps().losses(x, y)
    assert history.last["loss"] == pytest.approx((weight * losses).sum() / weight.sum(), rel=1e-12)


@pytest.mark.parametrize("weight", [WEIGHTS, "balanced"])
@pytest.mark.parametrize("held", ["arrays", "batches"])
def test_class_weights_reach_validation_as_they_reach_training(weight: Any, held: str) -> None:
    x, y = RNG.normal(size=(30, 3)), RNG.integers(0, 3, 30)
    model = Model(["identity"], loss=LOGITS, input_shape=(3,))
    history = model.fit(
        x,
        y,
        class_weight=weight,
        optimizer=SGD(0.0),
        metrics=["accuracy"],
        validation_data=(x, y) if held == "arrays" else [(x[:9], y[:9]), (x[9:], y[9:])],
        progress=False,
    )
    for name in ("loss", "accuracy"):
        assert history.last[f"val_{name}"] == pytest.approx(history.last[name], rel=1e-12)


def test_class_weights_of_steps_join_those_of_examples_and_steps() -> None:
    x, y = RNG.normal(size=(6, 4, 3)), RNG.integers(0, 3, (6, 4))
    losses, table = steps().losses(x, y), np.array([1.0, 2.5, 4.0])
    for own in (RNG.uniform(0, 1, 6), RNG.uniform(0, 1, (6, 4))):
        weight = table[y] * (own if own.ndim == 2 else own[:, None])
        options: dict[str, Any] = {"class_weight": WEIGHTS, "sample_weight": own, "optimizer": SGD(0.0)}
        history = steps().fit(x, y, batch_size=2, progress=False, **options)
        assert history.last["loss"] == pytest.approx((weight * losses).sum() / weight.sum(), rel=1e-12)


def test_a_class_of_weight_zero_leaves_batches_without_anything_that_counts() -> None:
    x, y = RNG.normal(size=(8, 3)), np.array([0, 0, 0, 0, 1, 2, 1, 2])
    model = Model([Dense(3)], loss=LOGITS, input_shape=(3,))
    batches = [(x[:4], y[:4]), (x[4:], y[4:])]
    losses = model.losses(x[4:], y[4:])
    history = model.fit(batches, class_weight={0: 0.0}, optimizer=SGD(0.0), progress=False)
    assert history.last["loss"] == pytest.approx(losses.mean(), rel=1e-12)


@pytest.mark.parametrize("weight", [[1.0, 3.0], np.array([1.0, 3.0]), None])
def test_validation_data_may_have_weights(weight: Any) -> None:
    model = Model(["identity"], loss="mse", input_shape=(1,))
    x, y = np.zeros((2, 1)), np.array([[2.0], [4.0]])
    history = model.fit(x, y, optimizer=SGD(0.0), validation_data=(x, y, weight), metrics=["mae"], progress=False)
    expected = (10.0, 3.0) if weight is None else (13.0, 3.5)
    assert (history.last["val_loss"], history.last["val_mae"]) == expected


def test_validation_data_may_be_one_batch_with_a_mask() -> None:
    model = Model(["identity"], loss="mse", input_shape=(None, 1))
    x, y, mask = np.zeros((1, 2, 1)), np.array([[[2.0], [9.0]]]), np.array([[True, False]])
    history = model.fit(x, y, mask=mask, optimizer=SGD(0.0), validation_data=Batch(x, y, None, mask), progress=False)
    assert (history.last["loss"], history.last["val_loss"]) == (4.0, 4.0)


def test_validation_data_of_other_forms_say_what_they_may_be() -> None:
    model = Model(["identity"], loss="mse", input_shape=(1,))
    with pytest.raises(ConfigurationError, match=r"\(x, y, sample_weight\)"):
        model.fit([[0.0]], [[0.0]], validation_data=([[0.0]],), progress=False)


def test_without_shuffling_the_end_is_held_out() -> None:
    x, y = np.zeros((10, 1)), np.arange(10.0)[:, None]
    options: dict[str, Any] = {"optimizer": SGD(0.0), "validation_split": 0.2, "progress": False, "batch_size": 3}
    history = Model(["identity"], loss="mse", input_shape=(1,)).fit(x, y, shuffle=False, **options)
    assert history.last["val_loss"] == pytest.approx((8**2 + 9**2) / 2)
    assert history.last["loss"] == pytest.approx(sum(number**2 for number in range(8)) / 8)


def test_a_split_of_which_a_part_counts_for_nothing_is_refused() -> None:
    model = Model(["identity"], loss="mse", input_shape=(1,))
    weight = np.array([1.0] * 8 + [0.0] * 2)
    with pytest.raises(DataError, match="nothing is left"):
        model.fit(
            np.zeros((10, 1)),
            np.ones((10, 1)),
            sample_weight=weight,
            shuffle=False,
            validation_split=0.2,
            progress=False,
        )


def normalised(**options: Any) -> Model:
    return Model([Dense(4), BatchNorm(), Dense(1)], loss="mse", input_shape=(3,), **options)


def moved(model: Model, **options: Any) -> set[str]:
    before = {path: each.value.copy() for path, each in model.parameters.items()}
    model.fit(RNG.normal(size=(60, 3)) + 5, RNG.normal(size=(60, 1)), progress=False, **options)
    return {path for path, each in model.parameters.items() if not np.array_equal(before[path], each.value)}


@pytest.mark.parametrize(
    ("pattern", "still"),
    [
        ("1.*", {"1.scale", "1.shift", "1.running_mean", "1.running_variance"}),
        ("1.running_*", {"1.running_mean", "1.running_variance"}),
        ("1.scale", {"1.scale"}),
    ],
)
@pytest.mark.parametrize("micro", [None, 8])
def test_freezing_stops_running_statistics_too(pattern: str, still: set[str], micro: int | None) -> None:
    model = normalised(trainable={pattern: False})
    assert set(model.parameters) - moved(model, micro_batch_size=micro) == still


def test_the_last_pattern_that_matches_decides() -> None:
    model = normalised(trainable={"1.*": False, "1.running_mean": True})
    assert "1.running_mean" in moved(model)


def test_a_copy_and_a_loaded_model_stay_frozen(tmp_path: Any) -> None:
    import copy

    model = normalised(trainable={"1.*": False})
    model.save(tmp_path / "model.safetensors")
    for other in (copy.deepcopy(model), Model.load(tmp_path / "model.safetensors")):
        assert not any(path.startswith("1.") for path in moved(other))


@pytest.mark.parametrize("rule", ["regularizers", "constraints", "trainable"])
def test_a_pattern_that_changes_nothing_is_told(rule: str) -> None:
    part: Any = False if rule == "trainable" else {"regularizers": "l2", "constraints": "max_norm"}[rule]
    with pytest.raises(ConfigurationError, match=f"{rule}: the pattern '9.*' matches no parameter"):
        normalised(**{rule: {"9.*": part}})
    if rule != "trainable":
        with pytest.raises(ConfigurationError, match="matches no parameter"):
            normalised(**{rule: {"1.running_*": part}})


def test_the_message_of_a_pattern_is_cut_whatever_the_model() -> None:
    with pytest.raises(ConfigurationError) as told:
        Model([Dense(2) for _ in range(400)], input_shape=(2,), trainable={"9" * 500: False})
    assert len(str(told.value)) < 500


@pytest.mark.parametrize("shape", [(10,), (10, 3)])
def test_mapped_files_count_as_arrays_do(tmp_path: Any, shape: tuple[int, ...]) -> None:
    x, y = RNG.normal(size=(10, 3, 3)), RNG.integers(0, 3, (10, 3))
    weight, mask = RNG.uniform(0, 1, shape), RNG.random((10, 3)) < 0.6
    mask[0] = True
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    found = []
    for inputs in (x, mapped):
        options: dict[str, Any] = {"class_weight": WEIGHTS, "sample_weight": weight, "mask": mask, "batch_size": 3}
        history = steps().fit(
            inputs, y, optimizer=SGD(0.0), metrics=["accuracy"], shuffle=False, progress=False, **options
        )
        found.append(history.last)
    assert found[1] == pytest.approx(found[0], rel=1e-12)
    with pytest.raises(DataError, match="nothing is left"):
        steps().fit(mapped, y, mask=np.zeros((10, 3), bool), progress=False)
