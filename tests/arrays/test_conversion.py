"""What a user gives becomes an array of the dtype that is computed with, or is refused by name and place."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from nnframe.arrays.conversion import ElementError, as_numbers, cast_finite, cast_integers
from nnframe.errors import DataError, DtypeError, NNFrameError, ShapeError

FLOAT32 = np.dtype("float32")


class Unreadable:
    """Data of a library that does not give them, as torch does of a tensor that needs its gradient."""

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        raise RuntimeError("call detach() first")


@pytest.mark.parametrize(
    "value",
    [
        np.array([[1, 2]], object),
        np.array([[Fraction(1), Decimal(2)]], object),
        np.array([[np.float32(1), True + 1]], object),
        np.array([[1, 2]]).view(np.matrix),
        np.ma.array([[1, 2]], mask=False),
        [np.ma.array([1, 2])],
        ((1, 2),),
    ],
    ids=["integers", "fractions", "scalars", "matrix", "unmasked", "list of unmasked", "tuple"],
)
def test_numbers_in_any_container_become_a_plain_array(value: object) -> None:
    array = as_numbers(value, "x")
    assert type(array) is np.ndarray
    assert array.dtype.kind in "fi"
    np.testing.assert_array_equal(array, [[1, 2]])


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ([[1], [2, 3]], ShapeError, "y is ragged"),
        ("text", DtypeError, "y must hold numbers, and holds <U4"),
        (b"bytes", DtypeError, r"holds \|S5"),
        ([1j], DtypeError, "holds complex128"),
        (np.array(["2020-01-01"], "datetime64[D]"), DtypeError, "holds datetime64"),
        (np.zeros(2, [("a", float)]), DtypeError, "y must hold numbers"),
        ([1, None], DtypeError, r"y\[1\] is None"),
        (np.array([1, "2"], object), DtypeError, r"y\[1\] is '2'"),
        (np.array([1, 2j], object), DtypeError, r"y\[1\] is a complex"),
        ({"a": 1}, DtypeError, "y is a dict"),
        ({1, 2}, DtypeError, "y is a set"),
        (iter([1]), DtypeError, "y is a list_iterator"),
        (np.array([10**400], object), DataError, "does not fit into float64"),
        (np.ma.array([[1, 2], [3, 4]], mask=[[0, 0], [1, 0]]), DataError, r"has masked elements: y\[1, 0\] is masked"),
        ([np.ma.array([1, 2]), np.ma.array([3, 4], mask=[0, 1])], DataError, r"y\[1, 1\] is masked"),
        (Unreadable(), DataError, r"cannot be made an array: RuntimeError: call detach\(\) first"),
    ],
)
def test_what_holds_no_numbers_is_refused_by_name(value: object, error: type[NNFrameError], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        as_numbers(value, "y")
    assert "\n" not in str(caught.value)


def test_a_list_that_holds_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(NNFrameError, match="x"):
        as_numbers(endless, "x")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", ">f4", ">f8"])
def test_the_first_number_that_is_infinite_after_the_cast_is_named(dtype: str) -> None:
    array = np.zeros((4, 3), dtype)
    array[2, 1] = np.inf
    with pytest.raises(DataError, match=r"x is not finite: x\[2, 1\] is inf"):
        cast_finite(array, FLOAT32, "x")
    if np.finfo(dtype).max > np.finfo("float32").max:
        array[2, 1] = 2.0**130
        with pytest.raises(DataError, match=r"x does not fit into float32: x\[2, 1\] is 1\.3611.*e\+39"):
            cast_finite(array, FLOAT32, "x")


@settings(deadline=None)
@given(arrays("float64", st.integers(0, 4), elements=st.floats(width=64)))
def test_a_cast_gives_finite_numbers_or_an_error(array: np.ndarray) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        expected = array.astype("float32")
    if np.isfinite(expected).all():
        np.testing.assert_array_equal(cast_finite(array, FLOAT32, "x"), expected)
    else:
        with pytest.raises(DataError, match="x"):
            cast_finite(array, FLOAT32, "x")


@settings(deadline=None)
@given(
    st.sampled_from(["int8", "uint8", "int64", "uint64", ">i4", "bool"]),
    st.sampled_from(["int8", "uint8", "int16", "int64", "uint64"]),
    st.data(),
)
def test_integers_keep_their_values_or_are_refused(given: str, wanted: str, data: st.DataObject) -> None:
    array = data.draw(arrays(given, st.integers(0, 4)))
    limits = np.iinfo(wanted)
    if all(limits.min <= int(number) <= limits.max for number in array):
        cast = cast_integers(array, np.dtype(wanted), "x")
        assert cast.dtype == np.dtype(wanted)
        assert [int(number) for number in cast] == [int(number) for number in array]
    else:
        with pytest.raises(DataError, match=f"x does not fit into {wanted}"):
            cast_integers(array, np.dtype(wanted), "x")


def test_the_error_of_an_element_can_be_sent_to_another_process() -> None:
    error = ElementError.at("x", (3, 1), "is not finite", "nan")
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert str(copy.renumber(np.array([0, 0, 0, 70]))) == "x is not finite: x[70, 1] is nan"
