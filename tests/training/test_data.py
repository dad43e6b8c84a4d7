"""Where batches come from: iterables, functions, datasets, memory-mapped files."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator

from nnframe import Model
from nnframe.callbacks import Checkpoint, Lambda
from nnframe.errors import ConfigurationError, DataError, DtypeError, NNFrameError, ShapeError
from nnframe.interfaces import Batch, Moment
from nnframe.layers import Dense, Dropout
from nnframe.optimizers import SGD
from nnframe.training.checked import Checks
from nnframe.training.mapped import mapped_dataset

RNG = np.random.default_rng(3)
X = RNG.normal(size=(10, 3))
Y = RNG.normal(size=(10, 2))
BATCHES = [(X[:4], Y[:4]), (X[4:8], Y[4:8]), (X[8:], Y[8:])]


def regressor(**options: object) -> Model:
    return Model([Dense(2)], loss="mse", input_shape=(3,), seed=1, **options)  # type: ignore[arg-type]


class Rows:
    """A dataset of a user: four rows a batch, shuffled with the generator that it is given."""

    def batches(self, rng: Generator | None) -> Iterator[Batch]:
        order = np.arange(10) if rng is None else rng.permutation(10)
        for start in range(0, 10, 4):
            yield Batch(X[order[start : start + 4]], Y[order[start : start + 4]])

    def __len__(self) -> int:
        return 3


def trained(x: object, y: object = None, **options: object) -> Model:
    model = regressor()
    model.fit(x, y, optimizer=SGD(0.1), epochs=3, batch_size=4, progress=False, **options)  # type: ignore[arg-type]
    return model


@pytest.mark.parametrize(
    "source",
    [
        BATCHES,
        lambda: iter(BATCHES),
        [Batch(*each) for each in BATCHES],
        [(*each, np.ones(len(each[0]))) for each in BATCHES],
    ],
    ids=["list", "function", "Batch", "weighted"],
)
def test_batches_train_as_the_same_arrays_do(source: object) -> None:
    expected = trained(X, Y, shuffle=False)
    model = trained(source)
    np.testing.assert_allclose(model.to_vector(), expected.to_vector(), rtol=1e-12)
    assert model.evaluate(source)["loss"] == pytest.approx(expected.evaluate(X, Y)["loss"])


def test_a_dataset_shuffles_with_the_generator_of_the_model() -> None:
    np.testing.assert_array_equal(trained(Rows()).to_vector(), trained(X, Y).to_vector())


def test_weights_of_batches_count() -> None:
    weight = np.array([1.0, 0, 2, 1, 1, 3, 0, 1, 1, 1])
    weighted = [(X[:4], Y[:4], weight[:4]), (X[4:8], Y[4:8], weight[4:8]), (X[8:], Y[8:], weight[8:])]
    expected = trained(X, Y, sample_weight=weight, shuffle=False)
    np.testing.assert_allclose(trained(weighted).to_vector(), expected.to_vector(), rtol=1e-12)


def test_validation_data_may_be_batches_too() -> None:
    model = regressor()
    history = model.fit(X, Y, validation_data=BATCHES, epochs=2, progress=False)
    assert history.epochs[-1]["val_loss"] == pytest.approx(model.evaluate(X, Y)["loss"])


def test_a_generator_is_good_for_one_epoch_and_refused_for_two() -> None:
    regressor().fit((each for each in BATCHES), epochs=1, progress=False)
    with pytest.raises(ConfigurationError, match="x is a generator, which can be gone through once, and is needed 2"):
        regressor().fit((each for each in BATCHES), epochs=2, progress=False)
    with pytest.raises(ConfigurationError, match="validation_data is a generator"):
        regressor().fit(X, Y, validation_data=(each for each in BATCHES), epochs=2, progress=False)


def test_a_function_that_returns_the_same_iterator_twice_is_found_out() -> None:
    once = iter(BATCHES)
    with pytest.raises(DataError, match="x has been gone through"):
        regressor().fit(lambda: once, epochs=2, progress=False)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (X, DataError, "x came without targets"),
        (3, DataError, "x came without targets"),
        ([(X, Y), X], DataError, r"batch 2 of x must be \(x, y\).*is a ndarray"),
        ([(X, Y), (X, Y[:5])], ShapeError, "at batch 2 of x: x has 10 examples and y has 5"),
        ([(X, Y), (X[:, :2], Y)], ShapeError, r"at batch 2 of x: x must have shape \(batch, 3\)"),
        ([(np.full((1, 3), "a"), Y[:1])], DtypeError, "holds <U1"),
        ([(np.full((1, 3), np.nan), Y[:1])], DataError, r"at batch 1 of x: x is not finite: x\[0, 0\] is nan"),
        ([], DataError, "the epoch had no batches"),
        (lambda: 3, DataError, "x must make an iterator of batches, and made a int"),
    ],
)
def test_bad_batches_are_refused(source: object, error: type[NNFrameError], message: str) -> None:
    with pytest.raises(error, match=message):
        regressor().fit(source, progress=False)


@pytest.mark.parametrize(
    "options",
    [{"sample_weight": np.ones(10)}, {"validation_split": 0.2}, {"class_weight": "balanced"}],
    ids=lambda options: next(iter(options)),
)
def test_options_for_arrays_are_refused_for_batches(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="arrays"):
        regressor().fit(BATCHES, progress=False, **options)  # type: ignore[arg-type]


def test_predictions_of_batches_follow_each_other() -> None:
    model = regressor()
    expected = model.predict(X)
    for source in (iter(BATCHES), lambda: BATCHES, (x for x, _ in BATCHES), Rows()):
        np.testing.assert_array_equal(model.predict(source), expected)
    assert model.predict(iter([])).shape == (0, 2)
    with pytest.raises(DataError, match="must make an iterator of batches"):
        model.predict(lambda: 3)


def test_losses_are_one_an_example() -> None:
    model = regressor()
    found = model.losses(X, Y, batch_size=4)
    np.testing.assert_allclose(found, ((model.predict(X) - Y) ** 2).mean(1))
    assert model.evaluate(X, Y)["loss"] == pytest.approx(found.mean())


@pytest.fixture
def maps(tmp_path: Path) -> tuple[np.memmap, np.memmap]:
    np.save(tmp_path / "x.npy", X.astype("float32"))
    np.save(tmp_path / "y.npy", Y)
    return np.load(tmp_path / "x.npy", mmap_mode="r+"), np.load(tmp_path / "y.npy", mmap_mode="r+")


def test_maps_train_as_arrays_do(maps: tuple[np.memmap, np.memmap]) -> None:
    x = X.astype("float32")
    for options in ({}, {"validation_split": 0.3}, {"sample_weight": np.arange(10.0)}):
        expected = trained(x, Y, **options)
        np.testing.assert_array_equal(trained(*maps, **options).to_vector(), expected.to_vector())
    np.testing.assert_array_equal(expected.predict(maps[0], batch_size=3), expected.predict(x, batch_size=3))
    assert expected.evaluate(*maps) == pytest.approx(expected.evaluate(x, Y))


def test_of_a_map_only_the_rows_of_a_batch_become_arrays(maps: tuple[np.memmap, np.memmap]) -> None:
    data = mapped_dataset(Checks(regressor()), *maps, batch_size=4, sample_weight=None, mask=None, weights=None)
    assert isinstance(data.x, np.memmap)
    rows = [np.asarray(batch.x) for batch in data.batches(np.random.default_rng(0))]
    assert [each.shape for each in rows] == [(4, 3), (4, 3), (2, 3)]
    assert not any(np.shares_memory(each, maps[0]) for each in rows)


def test_the_row_of_a_map_that_is_not_finite_is_named(maps: tuple[np.memmap, np.memmap]) -> None:
    maps[0][7, 1] = np.nan
    for shuffle in (False, True):
        with pytest.raises(DataError, match=r"x is not finite: x\[7, 1\] is nan"):
            regressor().fit(*maps, batch_size=4, shuffle=shuffle, progress=False)
    maps[0][7, 1] = 0
    maps[1][9, 0] = np.inf
    with pytest.raises(DataError, match=r"y\[9, 0\] is inf"):
        trained(*maps)


def test_maps_of_different_lengths_are_refused(maps: tuple[np.memmap, np.memmap]) -> None:
    with pytest.raises(ShapeError, match="x has 10 examples and y has 9"):
        trained(maps[0], maps[1][:9])


def test_a_map_of_many_rows_needs_the_memory_of_a_batch(tmp_path: Path) -> None:
    x = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", "float32", (200_000, 20))
    y = np.lib.format.open_memmap(tmp_path / "y.npy", "w+", "float32", (200_000, 1))
    x[:, 0] = y[:, 0] = np.arange(200_000) % 7
    model = Model([Dense(1)], loss="mse", input_shape=(20,))
    options = {"batch_size": 1000, "progress": False, "validation_split": 0.2}
    model.fit(x[:10_000], y[:10_000], **options)  # type: ignore[arg-type]  # what is needed once
    tracemalloc.start()
    model.fit(x, y, **options)  # type: ignore[arg-type]
    model.evaluate(x, y)
    needed = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert needed < x.nbytes / 2  # 16 MB in single precision; in the model's double precision a copy would have 32
    assert needed < 6e6  # the order of the rows, and a batch


class Noisy:
    """Draws its batches, one by one, from the generator that it is given."""

    def __len__(self) -> int:
        return 6

    def batches(self, rng: Generator | None) -> Iterator[Batch]:
        for _ in range(6):
            points = (rng or np.random.default_rng(0)).normal(size=(5, 3))
            yield Batch(points, points[:, :2])


def test_a_run_on_a_dataset_is_resumed_exactly(tmp_path: Path) -> None:
    def run(stop: bool, resume: bool = False) -> Model:
        model = Model([Dense(4), "tanh", Dropout(0.2), Dense(2)], loss="mse", input_shape=(3,), seed=1)

        def halt(moment: Moment) -> None:
            moment.at_once = stop and (moment.epoch, moment.step) == (1, 4)

        callbacks: list[Any] = [
            Checkpoint(f"{tmp_path}/run.safetensors", every=3, unit="step"),
            Lambda(on_after_step=halt),
        ]
        path = f"{tmp_path}/run.safetensors" if resume else None
        model.fit(Noisy(), epochs=3, callbacks=callbacks, resume=path, progress=False)
        return model

    expected = run(stop=False)
    interrupted = run(stop=True)
    assert not np.array_equal(interrupted.to_vector(), expected.to_vector())
    np.testing.assert_array_equal(run(stop=False, resume=True).to_vector(), expected.to_vector())


def test_a_data_loader_of_torch_is_an_iterable_of_batches() -> None:
    torch = pytest.importorskip("torch")
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(Y)), batch_size=4, shuffle=False
    )
    np.testing.assert_allclose(trained(loader).to_vector(), trained(X, Y, shuffle=False).to_vector(), rtol=1e-12)


def test_tables_of_pandas_are_arrays() -> None:
    pandas = pytest.importorskip("pandas")
    model = trained(pandas.DataFrame(X), pandas.DataFrame(Y))
    np.testing.assert_array_equal(model.to_vector(), trained(X, Y).to_vector())
