"""A .npz file is read, or refused with a DataError on one line: nothing in it runs, hangs, or takes all memory."""

from __future__ import annotations

import io
import os
import pickle
import struct
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.datasets import load_csv, load_npz
from nnframe.errors import ConfigurationError, DataError

X = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
Y = np.arange(6)


def header(text: str, version: bytes = b"\x01\x00") -> bytes:
    raw = text.encode()
    return b"\x93NUMPY" + version + struct.pack("<H" if version == b"\x01\x00" else "<I", len(raw)) + raw


def described(descr: str, shape: str) -> bytes:
    return header(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n")


def archive(path: Path, x: bytes, method: int = zipfile.ZIP_STORED) -> Path:
    y = io.BytesIO()
    np.save(y, Y)
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("x.npy", x)
        file.writestr("y.npy", y.getvalue())
    return path


BAD = {
    "no array": b"hello",
    "empty": b"",
    "unknown version": header("{}", b"\x09\x00"),
    "header cut short": b"\x93NUMPY\x01\x00\xff\xff{",
    "header of gigabytes": b"\x93NUMPY\x02\x00\xff\xff\xff\x7f{",
    "open bracket": described("'<f8'", "(1,"),
    "open quote": header('{\'descr\': """\n'),
    "nested deeply": described("'<f8'", "(" * 3000 + ")" * 3000),
    "no dict": header("3\n"),
    "unknown dtype": described("'<q9'", "(1,)"),
    "no dtype": described("None", "(1,)"),
    "shape of petabytes": described("'<f8'", "(1000000000000000,)") + bytes(8),
    "shape beyond any integer": described("'<f8'", "(99999999999999999999999999,)") + bytes(8),
    "shape below zero": described("'<f8'", "(-1,)") + bytes(8),
    "shape of two negatives": described("'<f8'", "(-1, -1)") + bytes(8),
    "too few numbers": described("'<f8'", "(3,)") + bytes(16),
    "too many numbers": described("'<f8'", "(3,)") + bytes(32),
    "seventy axes": described("'<f8'", str((1,) * 70)) + bytes(8),
    "pickled": described("'|O'", "(1,)") + pickle.dumps([print]),
    "pickled inside": described("[('a', '|O')]", "(1,)") + pickle.dumps([print]),
}


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("name", BAD)
def test_a_member_that_is_no_array_is_refused(tmp_path: Path, name: str, mapped: bool) -> None:
    path = archive(tmp_path / "data.npz", BAD[name])
    with pytest.raises(DataError, match=r"data\.npz cannot be read: .") as caught:
        load_npz(path, mapped=mapped)
    assert "\n" not in str(caught.value)
    assert "allow_pickle" not in str(caught.value)
    assert len(str(caught.value)) < len(str(path)) + 300


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(tmp_path: Path, method: int) -> None:
    data = io.BytesIO()
    np.save(data, X)
    with pytest.raises(DataError, match=r"compressed in another way than np\.savez_compressed does"):
        load_npz(archive(tmp_path / "data.npz", data.getvalue(), method))


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    np.savez(path, x=X, y=Y)
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr("x.npy", b"")
    with pytest.raises(DataError, match="must hold two arrays, x and y, and holds x, y, x"):
        load_npz(path)


def test_an_array_in_a_folder_is_not_found_under_its_bare_name(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    np.savez(path, **{"a/x": X, "y": Y})
    with pytest.raises(DataError, match="holds a/x, y"):
        load_npz(path)
    np.testing.assert_array_equal(load_npz(path, x="a/x")[0], X)


def test_names_must_be_text() -> None:
    with pytest.raises(ConfigurationError, match="must be the names of two arrays, and are 3 and 'y'"):
        load_npz("data.npz", x=3)  # type: ignore[arg-type]


def read_or_refuse(path: Path, mapped: bool) -> bool:
    """Whether two arrays came, or an error on one line."""
    try:
        return all(isinstance(array, np.ndarray) for array in load_npz(path, mapped=mapped))
    except DataError as error:
        return "\n" not in str(error)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read(save: object, data: st.DataObject, tmp_path_factory: object) -> None:
    buffer = io.BytesIO()
    save(buffer, x=X, y=Y)  # type: ignore[operator]
    damaged = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.npz"  # type: ignore[attr-defined]
    path.write_bytes(damaged[: data.draw(st.sampled_from([len(damaged)] * 3 + [len(damaged) // 2]))])
    for mapped in (False, True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert read_or_refuse(path, mapped)


READERS = {"npz": load_npz, "csv": lambda path: load_csv(path, target="y")}


@pytest.mark.parametrize("reader", READERS)
def test_only_regular_files_are_read(tmp_path: Path, reader: str) -> None:
    with pytest.raises(DataError, match="it is a folder, and no regular file"):
        READERS[reader](tmp_path)
    with pytest.raises(DataError, match="/dev/zero cannot be read: it is a device"):
        READERS[reader]("/dev/zero")
    with pytest.raises(DataError, match="cannot be read: No such file"):
        READERS[reader](tmp_path / "absent")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
@pytest.mark.parametrize("reader", READERS)
def test_a_pipe_is_refused_and_does_not_hang(tmp_path: Path, reader: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    call = {"npz": "load_npz(path)", "csv": "load_csv(path, target='y')"}[reader]
    head = f"from nnframe.datasets import load_csv, load_npz\npath = {str(pipe)!r}\n"
    script = f"{head}try: {call}\nexcept Exception as error: print(error)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert "it is a pipe, and no regular file" in result.stdout
