"""A CSV file is read as Python's csv and float read it, whichever reader is used, and is refused with the line."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.datasets import load_csv
from nnframe.errors import ConfigurationError, DataError

NUMBERS = [
    "1",
    "-2.5",
    "3e2",
    " 4 ",
    "+5",
    "1.",
    ".5",
    "-0",
    "1e-400",
    "1_000",
    "9007199254740993",
    "\x1c6",
    "٣",
    '"7"',
]
ODD = [
    "",
    " ",
    "nan",
    "-inf",
    "1e400",
    "0x10",
    "1 2",
    "1e",
    "--1",
    "1__0",
    "yes",
    '"8""',
    "8'",
    "é",
    "\x00",
    "True",
    "1\t",
]
BREAKS = ["\n", "\r\n", "\r"]


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Tables of three columns, some of them with a field, a line or a byte that does not belong there."""
    fields = st.sampled_from(NUMBERS) if draw(st.booleans()) else st.sampled_from(NUMBERS + ODD)
    rows = draw(st.lists(st.lists(fields, min_size=3, max_size=3), max_size=6))
    lines = ["a,b,c", *map(",".join, rows)]
    if draw(st.integers(0, 4)) == 4:
        lines.insert(draw(st.integers(1, len(lines))), draw(st.sampled_from(["", " ", "1,2", "1,2,3,4", '"1\n2",3,4'])))
    line_break = draw(st.sampled_from(BREAKS))
    text = line_break.join(lines) + draw(st.sampled_from(["", line_break]))
    data = draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()
    return data + b"\xff" if draw(st.integers(0, 9)) == 9 else data


def expected(data: bytes) -> list[list[float]] | None:
    """What csv and float make of a table; None where they refuse it."""
    try:
        _, *rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True) if row]
        read = [[float(field.strip()) for field in row] for row in rows]
    except (ValueError, csv.Error):
        return None
    return read if read and all(len(row) == 3 for row in read) and np.isfinite(read).all() else None


@settings(max_examples=150, deadline=None)
@given(tables())
def test_tables_are_read_as_csv_and_float_read_them(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "table.csv"
    path.write_bytes(data)
    right = expected(data)
    if right is None:
        with pytest.raises(DataError, match=r"table\.csv"):
            load_csv(path, target=["c"])
    else:
        x, y = load_csv(path, target=["c"])
        assert np.hstack([x, y]).tobytes() == np.array(right).tobytes()


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "table.csv"

    def write(data: str | bytes) -> Path:
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1,\xff\n", "cannot be read: .*utf-8"),
        ("a,b\n1," + "2" * 200_000 + "\n", "cannot be read: near line [23]: field larger than field limit"),
        ("a,b\n\n1,2\n\n1,2,3\n", "line 5: 3 fields, and line 1 has 2"),
        ('a,b\n"1\n",2\nx,2\n', "line 4, column 'a': 'x' is no number"),
        ("a,b\n1,1e400\n", "line 2, column 'b': '1e400' is not finite"),
        ("a,b\nx,2\n1,2,3\n", "line 3: 3 fields"),
        ("a,b\n1,y\nx,2\n", "line 3, column 'a': 'x' is no number"),
        ("a,b\n1,2\0\n", r"line 2, column 'b': '2\\x00' is no number"),
        ("a,b\r1,2\r3,x\r", "line 3, column 'b': 'x'"),
        ("a,b,a\n1,2,3\n", "two columns 'a'"),
        ("\n", "no rows"),
        (b"\xff\xfea\0,\0b\0\n\0", "cannot be read"),
    ],
)
def test_the_first_mistake_column_by_column_is_named(table: Any, data: str | bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_csv(table(data), target="b", features=["a"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"delimiter": ""}, "delimiter must be one character, no quote and no line break, and is ''"),
        ({"delimiter": ", "}, "delimiter must be one character"),
        ({"delimiter": "\n"}, "delimiter must be one character"),
        ({"delimiter": None}, "delimiter must be one character.*None"),
        ({"target": 3}, "target must be a list of texts, and is 3"),
        ({"target": [3]}, r"target must be a list of texts, and is \[3\]"),
        ({"features": "a"}, "features must be a list of texts, and is 'a'"),
        ({"classes": "yes"}, "classes must be a list of texts, and is 'yes'"),
        ({"classes": ["a", "a"]}, "classes must name each once, and names 'a' twice"),
        ({"classes": ["a"], "target": ["a", "b"]}, "classes are for one target column"),
        ({"target": ["a", "a"]}, "target must name each once, and names 'a' twice"),
        ({"features": ["a", "a"]}, "features must name each once, and names 'a' twice"),
        ({"features": ["a", "b"]}, "the target 'b' is among the features"),
    ],
)
def test_wrong_options_are_refused_by_name(table: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load_csv(table("a,b\n1,2\n"), **{"target": "b"} | options)


def test_texts_are_classes_in_sorted_order(table: Any) -> None:
    path = table("a,kind\n1, pear\n2,apple\n3,pear\n4,Zoe\n")
    x, y = load_csv(path, target="kind", classes="sorted")
    assert x.tolist() == [[1], [2], [3], [4]]
    assert (y.tolist(), y.dtype) == ([2, 1, 2, 0], np.int64)


def test_numbers_stay_numbers_where_texts_would_be_classes(table: Any) -> None:
    assert load_csv(table("a,b\n1,7\n2,5\n"), target="b", classes="sorted")[1].tolist() == [7, 5]
    assert load_csv(table("a,b\n1,0.5\n2,5\n"), target="b", classes="sorted")[1].tolist() == [0.5, 5]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (["1", "2", "low"], "line 4, column 'b': 'low' is no number, as other fields of the column are"),
        (["low", "", "high"], "line 3, column 'b': the field is empty"),
        (["1", "", "2"], "line 3, column 'b': the field is empty"),
        (["1", "nan", "2"], "line 3, column 'b': 'nan' is not finite"),
    ],
)
def test_a_column_of_numbers_and_texts_is_refused(table: Any, fields: list[str], message: str) -> None:
    rows = "".join(f"0,{field}\n" for field in fields)
    with pytest.raises(DataError, match=message):
        load_csv(table("a,b\n" + rows), target="b", classes="sorted")


@pytest.mark.parametrize("named", [False, True])
def test_the_time_grows_as_the_number_of_columns(table: Any, named: bool) -> None:
    names = [f"c{index}" for index in range(30_000)]
    path = table(f"{','.join(names)}\n{','.join(['1'] * len(names))}\n")
    started = time.process_time()
    x, _ = load_csv(path, target=names[:15_000], features=names[15_000:] if named else None)
    assert time.process_time() - started < 5  # a search of all names for each would take a minute
    assert x.shape == (1, 15_000)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_file_that_calls_itself_regular_and_never_ends_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "endless"
    os.mkfifo(path)
    script = f"""
import os, stat
from nnframe.datasets import load_csv
writer = os.open({str(path)!r}, os.O_RDWR)
stat.S_ISREG = lambda mode: True  # as /proc/kmsg says of itself
load_csv({str(path)!r}, target="a")
"""
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert process.stderr.splitlines()[-1].startswith("nnframe.errors.DataError"), process.stderr
