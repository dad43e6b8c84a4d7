"""pandas, where it is installed, changes how long a table takes to be read, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.datasets import fast_csv, load_csv
from nnframe.datasets.fast_csv import read_plain_rows
from nnframe.errors import NNFrameError

pd = pytest.importorskip("pandas")

FIELDS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-(10**30), 10**30, places=20).map(str),
    st.text("0123456789.-+eE_ \t", max_size=8),
    st.sampled_from(
        [
            "yes",
            "no",
            "nan",
            "inf",
            "1e400",
            "0x10",
            "1_0",
            '"1"',
            "é",
            "N/A",
            "None",
            "#1",
            "\0",
            "1\r",
            "True",
            "false",
        ]
    ),
)
OPTIONS = [
    {"target": "b"},
    {"target": ["c", "a"]},
    {"target": "a", "features": ["b"]},
    {"target": "a", "features": ["a", "b", "b"]},
    {"target": "a", "classes": ["yes", "no"]},
    {"target": "b", "classes": "sorted"},
    {"target": "b", "delimiter": ";"},
]


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Tables of three columns; most of their fields are alike, so that many can be read by anything."""
    field = draw(FIELDS)
    fields = st.sampled_from([field, "1.5", "-2", " 3e-3 "])
    rows = draw(st.lists(st.lists(fields, min_size=3, max_size=3), min_size=1, max_size=5))
    lines = ["a,b,c", *map(",".join, rows)]
    if draw(st.integers(0, 5)) == 5:
        lines.insert(draw(st.integers(1, len(lines))), draw(st.sampled_from(["", " ", "1,2", "1,2,3,4"])))
    line_break = draw(st.sampled_from(["\n", "\r\n"]))
    text = line_break.join(lines) + draw(st.sampled_from(["", line_break]))
    return text.replace(",", draw(st.sampled_from([",", ",", ";"]))).encode()


def outcome(path: Path, options: dict[str, Any]) -> tuple[object, ...]:
    try:
        x, y = load_csv(path, **options)
    except NNFrameError as error:
        return type(error), str(error)
    return x.shape, x.tobytes(), y.dtype, y.shape, y.tobytes()


@pytest.fixture(scope="module")
def sizes() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@settings(max_examples=150, deadline=None)
@given(data=tables(), options=st.sampled_from(OPTIONS))
def test_values_and_errors_are_the_same_with_pandas_and_without(
    tmp_path_factory: pytest.TempPathFactory, sizes: pytest.MonkeyPatch, data: bytes, options: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "table.csv"
    path.write_bytes(data)
    sizes.setattr(fast_csv, "_SMALLEST", 1 << 60)
    without = outcome(path, options)
    sizes.setattr(fast_csv, "_SMALLEST", 0)
    assert outcome(path, options) == without


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.floats(width=64).map(repr), st.decimals(places=25).map(str)), min_size=1, max_size=20))
def test_numbers_are_those_of_float_to_the_bit(sizes: pytest.MonkeyPatch, texts: list[str]) -> None:
    sizes.setattr(fast_csv, "_SMALLEST", 0)
    read = read_plain_rows("".join(f"{text},0\n" for text in texts).encode(), ",", 2, [0], None)
    if read is not None and np.isfinite(read[0]).all():
        assert read[0].tobytes() == np.array(list(map(float, texts))).tobytes()


def test_a_plain_table_is_read_with_pandas(sizes: pytest.MonkeyPatch) -> None:
    sizes.setattr(fast_csv, "_SMALLEST", 0)
    read = read_plain_rows(b"1;2;yes\n3;4;no", ";", 3, [1, 0], 2)
    assert read is not None
    assert (read[0].tolist(), read[1]) == ([[2, 1], [4, 3]], ["yes", "no"])


@pytest.mark.parametrize(
    "body", [b'"1",2\n', b"1,2\n\n3,4\n", b"1,2\n3\n", b"1,2\r3,4\r", b"1,\xff\n", b"1,2\0\n", b"True,2\nFALSE,3\n"]
)
def test_what_could_be_read_in_two_ways_is_left_to_the_exact_reader(sizes: pytest.MonkeyPatch, body: bytes) -> None:
    sizes.setattr(fast_csv, "_SMALLEST", 0)
    assert read_plain_rows(body, ",", 2, [0], None) is None


def test_reading_takes_at_most_five_times_as_long_as_pandas_alone(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rng = np.random.default_rng(0)
    pd.DataFrame(rng.normal(size=(100_000, 5)), columns=list("abcde")).to_csv(path, index=False)

    def measure(read: Any) -> float:
        started = process_time()
        read()
        return process_time() - started

    alone = min(measure(lambda: pd.read_csv(path)) for _ in range(3))
    assert min(measure(lambda: load_csv(path, target="e")) for _ in range(3)) < 5 * alone
