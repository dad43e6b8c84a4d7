"""Data frames and series of pandas are taken as the arrays that they hold, or refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import DataError, DtypeError, NNFrameError
from nnframe.layers import Dense

pd = pytest.importorskip("pandas")

X = np.array([[0.0, 1, 2], [2, 1, 0], [1, 1, 0], [0, 2, 1]])
Y = np.array([[1.0], [0], [1], [0]])
WEIGHT = np.array([1.0, 0, 1, 1])


def model() -> Model:
    return Model([Dense(1)], loss="mse", input_shape=(3,), seed=3)


@pytest.mark.parametrize("dtype", ["float32", "int64", "Int64", "Float64", "UInt8", "object", "category"])
@pytest.mark.parametrize("index", [None, [7, 5, 3, 1]], ids=["counted", "other index"])
def test_frames_are_the_arrays_that_they_hold(dtype: str, index: list[int] | None) -> None:
    x, y = pd.DataFrame(X, index=index).astype(dtype), pd.DataFrame(Y, index=index).astype(dtype)
    weight = pd.Series(WEIGHT, index=index).astype(dtype)
    expected, found = model(), model()
    expected.fit(X, Y, sample_weight=WEIGHT, epochs=2, validation_split=0.25, progress=False)
    found.fit(x, y, sample_weight=weight, epochs=2, validation_split=0.25, progress=False)
    np.testing.assert_array_equal(found.to_vector(), expected.to_vector())
    np.testing.assert_array_equal(found.predict(x), expected.predict(X))
    assert found.evaluate(x, y) == expected.evaluate(X, Y)
    assert found.verify(x, y).passed


def test_columns_of_different_dtypes_are_numbers_too() -> None:
    frame = pd.DataFrame({"a": X[:, 0].astype(int), "b": X[:, 1] > 0.5, "c": pd.array(X[:, 2], "Int64")})
    plain = np.column_stack([X[:, 0], X[:, 1] > 0.5, X[:, 2]])
    np.testing.assert_array_equal(model().predict(frame), model().predict(plain))


@pytest.mark.parametrize(
    ("column", "error"),
    [
        (["a", "b", "c", "d"], DtypeError),
        (pd.array([1, None, 2, 3], "Int64"), NNFrameError),
        ([1.0, None, 2.0, 3.0], DataError),
        (pd.date_range("2020-01-01", periods=4), DtypeError),
        (pd.Categorical(["a", "b", "a", "b"]), DtypeError),
    ],
    ids=["text", "missing integer", "missing number", "dates", "categories"],
)
def test_what_is_no_number_is_refused_by_name(column: Any, error: type[NNFrameError]) -> None:
    frame = pd.DataFrame(X).assign(last=column).iloc[:, 1:]
    with pytest.raises(error, match="x "):
        model().predict(frame)
    with pytest.raises(error, match="y "):
        model().evaluate(X, frame[["last"]])
