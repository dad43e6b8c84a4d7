"""Table: a CSV file whose first line names the columns, read exactly as ``csv`` and ``float`` read it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import numpy as np
from attrs import field, frozen

from nnframe.arrays import Array
from nnframe.datasets.fast_csv import read_plain_rows
from nnframe.errors import DataError
from nnframe.paths import read_bytes, show_path

__all__ = ["EMPTY", "Columns", "Parsers", "Table", "parse_number", "read_table"]

Columns: TypeAlias = tuple[Array, list[str]]
"""The numbers of some columns, (rows, columns), and the texts of one; those are empty where none was asked for."""

Parsers: TypeAlias = Sequence[tuple[str, Callable[[str], object]]]
"""Columns, each with what refuses a field of it by a ValueError."""

EMPTY = "the field is empty"

_CHUNK = 512
"""Rows that are held as texts at a time."""


@frozen
class Table:
    """A CSV file in memory.

    Attributes:
        shown: What messages call it.
        data: Its bytes.
        delimiter: What is between two fields.
        header: The names of the columns.
        first_line: How many lines the header has.
        places: The index of each column.
    """

    shown: str
    data: bytes
    delimiter: str
    header: list[str]
    first_line: int
    places: dict[str, int] = field(init=False)

    @places.default
    def _find_places(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.header)}

    def read(self, numbers: Sequence[str], text: str | None, parsers: Parsers) -> Columns:
        """Return columns as numbers, and one as texts.

        Args:
            numbers: The names of the columns of numbers.
            text: The name of the column of texts.
            parsers: What is asked, column by column, to say of a bad table what is wrong with it.

        Raises:
            DataError: A line has too many fields or too few, or a field is refused.
        """
        wanted = [self.places[name] for name in numbers]
        words = None if text is None else self.places[text]
        lines = self._body()
        columns = read_plain_rows(lines, self.delimiter, len(self.header), wanted, words)
        if columns is None:
            columns = self._read_exactly(wanted, words)
        if columns is None or not np.isfinite(columns[0]).all():
            self.explain(parsers)
        return columns

    def check_rows(self) -> None:
        """Refuse a table of which some line has too many fields or too few, or which has no rows."""
        for _ in self._rows():
            pass

    def explain(self, parsers: Parsers) -> NoReturn:
        """Raise the error of the first field that a parser refuses, column by column."""
        order = [(name, self.places[name], parse) for name, parse in parsers]
        found: tuple[int, str, ValueError] | None = None
        for line, row in self._rows():
            for place, (_, index, parse) in enumerate(order):
                try:
                    parse(row[index].strip())
                except ValueError as error:
                    found = line, order[place][0], error
                    del order[place:]  # what follows in a later column is told after this
                    break
        if found is None:
            raise DataError(f"{self.shown} cannot be read")
        line, name, cause = found
        raise DataError(f"{self.shown}, line {line}, column {name!r:.60}: {cause}") from cause

    def _read_exactly(self, numbers: Sequence[int], text: int | None) -> Columns | None:
        """Read some rows at a time; None if anything is wrong with any."""
        parts: list[Array] = []
        texts: list[str] = []
        try:
            reader = self._reader()
            while chunk := list(islice(reader, _CHUNK)):
                rows = chunk if all(chunk) else [row for row in chunk if row]
                if set(map(len, rows)) - {len(self.header)}:
                    return None
                columns = list(zip(*rows, strict=True))
                if columns:
                    stripped = (map(str.strip, columns[index]) for index in numbers)
                    read = [np.fromiter(map(float, column), np.float64, len(rows)) for column in stripped]
                    parts.append(np.column_stack(read))
                    texts += [] if text is None else columns[text]
        except (ValueError, csv.Error):
            return None
        return (np.concatenate(parts), texts) if parts else None

    def _reader(self) -> Any:
        stream = io.TextIOWrapper(io.BytesIO(self.data), encoding="utf-8-sig", newline="")
        reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
        next(reader, None)
        return reader

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Iterate over the rows that are not empty, each with the number of its last line."""
        reader, width, empty = self._reader(), len(self.header), True
        try:
            for row in reader:
                if row and len(row) != width:
                    message = f"{len(row)} fields, and line 1 has {width}"
                    raise DataError(f"{self.shown}, line {reader.line_num}: {message}")
                if row:
                    empty = False
                    yield reader.line_num, row
        except (UnicodeDecodeError, csv.Error) as cause:
            raise DataError(f"{self.shown} cannot be read: near line {reader.line_num}: {cause}") from cause
        if empty:
            raise DataError(f"{self.shown} has no rows under its first line, which names the columns")

    def _body(self) -> bytes:
        """Return what follows the header."""
        start = 0
        for _ in range(self.first_line):
            start = self.data.find(b"\n", start) + 1 or len(self.data)
        return self.data[start:]


def read_table(path: Path, delimiter: str) -> Table:
    """Read a file whose first line names the columns.

    Raises:
        DataError: The file cannot be read, or its first line is none.
    """
    data = read_bytes(path, DataError)
    try:
        stream = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        header = [name.strip() for name in next(reader, [])]
    except (MemoryError, UnicodeDecodeError, csv.Error) as cause:
        raise DataError(f"{show_path(path)} cannot be read: {cause}") from cause
    return Table(show_path(path), data, delimiter, header, reader.line_num)


def parse_number(text: str) -> float:
    """Return the finite number that a field holds.

    Raises:
        ValueError: It holds none.

    >>> parse_number("1e3")
    1000.0
    """
    if not text:
        raise ValueError(EMPTY)
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{text!r:.60} is no number; of a target with text give the classes") from None
    if not math.isfinite(value):
        raise ValueError(f"{text!r:.60} is not finite")
    return value
