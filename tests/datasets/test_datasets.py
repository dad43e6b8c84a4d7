"""Arrays from files: .npz, CSV, the sets of scikit-learn."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from nnframe import Model
from nnframe.datasets import BUNDLED, load_bundled, load_csv, load_npz
from nnframe.errors import DataError

X = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
Y = np.arange(6)


def test_maps_of_a_file_hold_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    np.savez(path, first=np.zeros(1000), x=np.asfortranarray(X), y=Y)
    for mapped in (False, True):
        x, y = load_npz(path, mapped=mapped)
        np.testing.assert_array_equal(x, X)
        np.testing.assert_array_equal(y, Y)
        assert (x.dtype, y.dtype) == (X.dtype, Y.dtype)
        assert isinstance(x, np.memmap) is mapped
    x, _ = load_npz(path, x="x", y="first", mapped=True)
    assert not x.flags.writeable


def test_a_model_learns_from_a_map(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=X, y=X[:, :1])
    model = Model([{"name": "dense", "units": 1}], loss="mae", input_shape=(3,))
    history = model.fit(*load_npz(tmp_path / "data.npz", mapped=True), epochs=50, progress=False)
    assert history.epochs[-1]["loss"] < history.epochs[0]["loss"]


def test_bad_npz_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    np.savez_compressed(path, x=X, y=Y)
    np.testing.assert_array_equal(load_npz(path)[0], X)
    with pytest.raises(DataError, match=r"x\.npy is compressed"):
        load_npz(path, mapped=True)
    with pytest.raises(DataError, match="must hold two arrays, x and labels, and holds x, y"):
        load_npz(path, y="labels")
    np.savez(path, x=np.array([None]), y=Y)
    for mapped in (False, True):
        with pytest.raises(DataError, match=r"allow_pickle|objects"):
            load_npz(path, mapped=mapped)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="cannot be read"):
        load_npz(path)
    with pytest.raises(DataError, match="cannot be read"):
        load_npz(tmp_path / "absent.npz")


TABLE = "age,size,label\n1,2.5,0\n3,4.5,1\n\n5,6,1\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_columns_are_found_by_name(table: Path) -> None:
    x, y = load_csv(table, target="label")
    np.testing.assert_array_equal(x, [[1, 2.5], [3, 4.5], [5, 6]])
    np.testing.assert_array_equal(y, [0, 1, 1])
    assert y.dtype == np.int64
    x, y = load_csv(table, target=["size"], features=["label", "age"])
    np.testing.assert_array_equal(x, [[0, 1], [1, 3], [1, 5]])
    np.testing.assert_array_equal(y, [[2.5], [4.5], [6]])
    assert load_csv(table, target="size")[1].dtype == np.float64


def test_quotes_and_semicolons_and_marks_of_byte_order(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('\ufeff"a";"b; c"\n1;"yes"\n2;"no"\n', encoding="utf-8")
    x, y = load_csv(path, target="b; c", classes=["no", "yes"], delimiter=";")
    assert (x.tolist(), y.tolist()) == ([[1], [2]], [1, 0])


@settings(max_examples=40, deadline=None)
@given(arrays("float64", st.tuples(st.integers(1, 5), st.integers(2, 4)), elements=st.floats(-1e300, 1e300)))
def test_numbers_written_as_python_does_read_back_to_the_bit(numbers: np.ndarray) -> None:
    names = [f"column {index}" for index in range(numbers.shape[1])]
    lines = [",".join(names), *(",".join(map(repr, row)) for row in numbers.tolist())]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        x, y = load_csv(path, target=names[:1])
    np.testing.assert_array_equal(np.hstack([y, x]), numbers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TABLE + "7,8\n", "line 6: 2 fields, and line 1 has 3"),
        (TABLE + "7,abc,1\n", "line 6, column 'size': 'abc' is no number"),
        (TABLE + "7,,1\n", "line 6, column 'size': the field is empty"),
        (TABLE + "nan,8,1\n", "line 6, column 'age': 'nan' is not finite"),
        (TABLE + "7,8,high\n", "column 'label': 'high' is no number; of a target with text give the classes"),
        ("age,size,labels\n1,2,3\n", "no column 'label'.*did you mean 'labels'"),
        ("label\n1\n", "no column is left for x"),
        ("age,age,label\n1,2,3\n", "two columns 'age'"),
        ("age,label\n", "no rows"),
        ("", "no rows"),
        ('age,label\n"1,2', "cannot be read"),
    ],
)
def test_bad_tables_are_refused_and_the_line_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_csv(path, target="label")


def test_text_that_is_no_class_is_refused(table: Path) -> None:
    with pytest.raises(DataError, match="line 3, column 'label': '1' is none of the classes 0, 2"):
        load_csv(table, target="label", classes=["0", "2"])


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_sets_are_scaled(name: str) -> None:
    pytest.importorskip("sklearn")
    x, y = load_bundled(name)
    assert len(x) == len(y)
    if name == "digits":
        assert (x.min(), x.max()) == (0, 1)
    else:
        np.testing.assert_allclose(x.mean(0), 0, atol=1e-12)
        np.testing.assert_allclose(x.std(0), 1)


def test_an_unknown_bundled_set_is_refused() -> None:
    with pytest.raises(DataError, match="only breast_cancer, diabetes"):
        load_bundled("mnist")
