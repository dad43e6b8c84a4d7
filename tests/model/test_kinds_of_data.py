"""x, y, weights and masks of any kind are taken right, or refused by name, by everything that takes data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import DataError, DtypeError, NNFrameError, ShapeError
from nnframe.interfaces import Batch
from nnframe.layers import LSTM, Dense, Embedding, GlobalAveragePool

X = np.array([[0.0, 1, 2], [2, 1, 0], [1, 1, 0], [0, 2, 1]])
Y = np.array([[1.0], [0], [1], [0]])
WEIGHT = np.array([1.0, 0, 1, 1])


def model(dtype: str = "float64") -> Model:
    return Model([Dense(1)], loss="mse", input_shape=(3,), seed=3, dtype=dtype)


def strided(array: np.ndarray) -> np.ndarray:
    wide = np.zeros((2 * len(array), *array.shape[1:]))
    wide[::2] = array
    return wide[::2]


def read_only(array: np.ndarray) -> np.ndarray:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


KINDS: dict[str, Callable[[np.ndarray], Any]] = {
    "float16": lambda array: array.astype("float16"),
    "long double": lambda array: array.astype("longdouble"),
    "big-endian": lambda array: array.astype(">f8"),
    "big-endian integers": lambda array: array.astype(">i2"),
    "strided": strided,
    "reversed": lambda array: array[::-1].copy()[::-1],
    "column-major": np.asfortranarray,
    "read-only": read_only,
    "objects": lambda array: array.astype(object),
    "integers": lambda array: array.astype("int8"),
    "lists": np.ndarray.tolist,
    "unmasked": lambda array: np.ma.array(array, mask=False),
}

USES: dict[str, Callable[[Model, Any, Any, Any], Any]] = {
    "fit": lambda m, x, y, w: m.fit(x, y, sample_weight=w, epochs=2, progress=False)["loss"],
    "batches": lambda m, x, y, w: m.fit([Batch(x, y, w)], epochs=2, progress=False)["loss"],
    "validation": lambda m, x, y, w: m.fit(X, Y, validation_data=(x, y), progress=False)["val_loss"],
    "train_step": lambda m, x, y, w: m.train_step(x, y, sample_weight=w),
    "evaluate": lambda m, x, y, w: m.evaluate(x, y, sample_weight=w)["loss"],
    "predict": lambda m, x, y, w: m.predict(x),
    "losses": lambda m, x, y, w: m.losses(x, y),
    "gradients": lambda m, x, y, w: m.loss_and_gradients(x, y, sample_weight=w)[0],
    "verify": lambda m, x, y, w: m.verify(x, y).passed,
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_any_kind_give_what_plain_arrays_give(use: str, kind: str) -> None:
    expected = USES[use](model(), X, Y, WEIGHT)
    found = USES[use](model(), *map(KINDS[kind], (X, Y, WEIGHT)))
    np.testing.assert_array_equal(found, expected)


def test_truth_values_are_0_and_1() -> None:
    truth = X > 1
    np.testing.assert_array_equal(model().predict(truth), model().predict(truth.astype(float)))


def test_a_matrix_gives_what_an_array_gives() -> None:
    x, y = X.view(np.matrix), Y.view(np.matrix)
    np.testing.assert_array_equal(model().predict(x), model().predict(X))
    assert model().evaluate(x, y) == model().evaluate(X, Y)


@pytest.mark.parametrize("kind", set(KINDS) - {"integers", "big-endian integers"})
def test_parameters_may_be_set_from_numbers_of_any_kind(kind: str) -> None:
    expected, found = model(), model()
    expected.load_vector(np.array([1.0, 0, 2, 1]))
    found.load_vector(KINDS[kind](np.array([1.0, 0, 2, 1])))
    np.testing.assert_array_equal(found.to_vector(), expected.to_vector())


def test_parameters_that_do_not_fit_into_the_dtype_are_refused() -> None:
    changed = model("float32")
    before = changed.to_vector()
    with pytest.raises(DataError, match=r"0\.weight does not fit into float32: 0\.weight\[1, 0\] is 1e\+39"):
        changed.parameters["0.weight"].value = [[0.0], [1e39], [0.0]]
    with pytest.raises(DtypeError, match=r"0\.bias must hold numbers"):
        changed.parameters["0.bias"].value = ["text"]
    with pytest.raises(DtypeError, match="the vector must hold numbers"):
        changed.load_vector(None)  # type: ignore[arg-type]
    np.testing.assert_array_equal(changed.to_vector(), before)


def with_element(array: np.ndarray, value: object) -> np.ndarray:
    changed = array.astype(object if isinstance(value, str | None) else complex if value == 1j else float)
    changed[2] = value
    return changed


BAD: dict[str, tuple[Callable[[np.ndarray], Any], type[NNFrameError]]] = {
    "masked": (lambda array: np.ma.array(array, mask=array == array.flat[2]), DataError),
    "complex": (lambda array: with_element(array, 1j), DtypeError),
    "text among objects": (lambda array: with_element(array, "high"), DtypeError),
    "None": (lambda array: with_element(array, None), DtypeError),
    "text": (lambda array: array.astype(str), DtypeError),
    "dates": (lambda array: array.astype("int64").astype("datetime64[s]"), DtypeError),
    "too large": (lambda array: with_element(array, 1e39), DataError),
    "nan": (lambda array: with_element(array, np.nan), DataError),
}


WEIGHTED = ["fit", "batches", "train_step", "evaluate", "gradients"]
TAKEN = {"x": [*WEIGHTED, "verify", "predict"], "y": [*WEIGHTED, "verify"], "sample_weight": WEIGHTED}


@pytest.mark.parametrize(("name", "use"), [(name, use) for name, uses in TAKEN.items() for use in uses])
@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_computed_with_is_refused_by_name(use: str, kind: str, name: str) -> None:
    given: dict[str, Any] = {"x": X, "y": Y, "sample_weight": WEIGHT}
    make, error = BAD[kind]
    given[name] = make(given[name])
    trained = model("float32")
    before = trained.to_vector()
    with pytest.raises(error, match=rf"(^|: ){name} ") as caught:
        USES[use](trained, *given.values())
    assert "\n" not in str(caught.value)
    np.testing.assert_array_equal(trained.to_vector(), before)


def test_integers_that_do_not_fit_the_input_dtype_are_refused() -> None:
    words = Model([Embedding(4, 2)], input_shape=(2,), input_dtype="uint8")
    with pytest.raises(DataError, match=r"x does not fit into uint8, 0 to 255: x\[1, 0\] is 257"):
        words.predict([[0, 1], [257, 2]])
    with pytest.raises(DataError, match=r"x\[0, 1\] is -1"):
        words.predict([[0, -1]])
    np.testing.assert_array_equal(words.predict(np.array([[0, 3]], ">i8")), words.predict([[0, 3]]))


def test_labels_that_no_int64_holds_are_refused() -> None:
    classes = Model([Dense(2)], loss={"name": "cross_entropy", "from_logits": True}, input_shape=(3,))
    with pytest.raises(DataError, match=r"y does not fit into int64.*y\[3\] is 18446744073709551615"):
        classes.evaluate(X, np.array([0, 1, 0, 2**64 - 1], "uint64"))


def test_the_row_of_a_file_that_does_not_fit_is_named(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.vstack([X, X, X, with_element(X, 1e39)]))
    np.save(tmp_path / "y.npy", np.vstack([Y] * 4))
    maps = np.load(tmp_path / "x.npy", mmap_mode="r"), np.load(tmp_path / "y.npy", mmap_mode="r")
    with pytest.raises(DataError, match=r"x does not fit into float32: x\[14, 0\] is 1e\+39"):
        model("float32").fit(*maps, batch_size=3, progress=False)


def test_a_mapped_input_longer_than_another_is_not_cut(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    two = Model([{"name": "add"}], input_shape=((3,), (3,)))
    np.testing.assert_array_equal(two.predict((mapped, X)), 2 * X)
    with pytest.raises(ShapeError, match=r"different numbers of examples: \[4, 8\]"):
        two.predict((mapped, np.vstack([X, X])))


STEPS = np.random.default_rng(0).normal(size=(4, 5, 2))
PADDED = np.arange(5) < np.array([[5], [3], [1], [4]])


def sequences() -> Model:
    return Model([LSTM(3, return_sequences=False), Dense(1)], loss="mse", input_shape=(None, 2), seed=1)


MASKED: dict[str, Callable[[Model, Any], Any]] = {
    "fit": lambda m, mask: m.fit(STEPS, Y, mask=mask, progress=False)["loss"],
    "batches": lambda m, mask: m.fit([Batch(STEPS, Y, mask=mask)], progress=False)["loss"],
    "train_step": lambda m, mask: m.train_step(STEPS, Y, mask=mask),
    "evaluate": lambda m, mask: m.evaluate(STEPS, Y, mask=mask)["loss"],
    "predict": lambda m, mask: m.predict(STEPS, mask=mask),
    "predict batches": lambda m, mask: m.predict(iter([Batch(STEPS, Y, mask=mask)])),
    "losses": lambda m, mask: m.losses([Batch(STEPS, Y, mask=mask)]),
    "gradients": lambda m, mask: m.loss_and_gradients(STEPS, Y, mask=mask)[0],
}


@pytest.mark.parametrize("use", MASKED)
@pytest.mark.parametrize("dtype", ["int8", "float16", ">i4", object])
def test_masks_of_0_and_1_are_masks_of_false_and_true(use: str, dtype: object) -> None:
    expected = MASKED[use](sequences(), PADDED)
    assert not np.array_equal(expected, MASKED[use](sequences(), np.ones_like(PADDED)))
    np.testing.assert_array_equal(MASKED[use](sequences(), PADDED.astype(dtype)), expected)


BAD_MASKS: list[tuple[object, type[NNFrameError]]] = [
    ([1], ShapeError),
    (True, ShapeError),
    (PADDED[:3], ShapeError),
    (PADDED[:, :4], ShapeError),
    (PADDED[..., None], ShapeError),
    (PADDED + 1, DataError),
    (np.where(PADDED, 0.5, 0), DataError),
    (np.where(PADDED, np.nan, 0), DataError),
    (PADDED.astype(str), DtypeError),
    (np.ma.array(PADDED, mask=PADDED), DataError),
]


@pytest.mark.parametrize("use", MASKED)
@pytest.mark.parametrize(("mask", "error"), BAD_MASKS)
def test_what_is_no_mask_is_refused_by_name(use: str, mask: object, error: type[NNFrameError]) -> None:
    with pytest.raises(error, match=r"mask (must|has masked)"):
        MASKED[use](sequences(), mask)


def test_a_mask_of_another_length_is_not_left_out_in_silence() -> None:
    pooled = Model([GlobalAveragePool()], input_shape=(None, 2))
    with pytest.raises(ShapeError, match=r"time being 5, and has \(4, 3\)"):
        pooled.predict(STEPS, mask=PADDED[:, :3])


def test_a_mask_may_be_of_the_steps_behind_a_reshape() -> None:
    folded = Model([{"name": "reshape", "shape": [5, 2]}, GlobalAveragePool()], input_shape=(10,))
    straight = Model([GlobalAveragePool()], input_shape=(5, 2))
    found = folded.predict(STEPS.reshape(4, 10), mask=PADDED)
    np.testing.assert_array_equal(found, straight.predict(STEPS, mask=PADDED))
