"""Arrays from a CSV file."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nnframe.arrays import Array
from nnframe.errors import ConfigurationError, DataError
from nnframe.interfaces.part import did_you_mean

__all__ = ["load_csv"]

T = TypeVar("T")


def load_csv(
    path: str | PathLike[str],
    *,
    target: str | Sequence[str],
    features: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
    delimiter: str = ",",
) -> tuple[Array, NDArray[Any]]:
    """Return x and y of a table whose first line names the columns.

    Args:
        path: The file, in UTF-8.
        target: The column of the targets, y (examples,), integers if all are whole; or several columns, y
            (examples, targets), numbers.
        features: The columns of x (examples, features); None for all others.
        classes: What stands in the target's column for class 0, 1, ...; None where numbers stand there.
        delimiter: What is between two fields.

    Raises:
        DataError: A line has too many fields or too few, a column is missing, a field is empty, no number, or not
            finite; the message says in which line.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "iris.csv"
    ...     _ = path.write_text("length,width,species\\n5.1,3.5,setosa\\n7.0,3.2,versicolor\\n")
    ...     load_csv(path, target="species", classes=["setosa", "versicolor"])
    (array([[5.1, 3.5],
           [7. , 3.2]]), array([0, 1]))
    """
    header, lines, rows = _read(path, delimiter)
    targets = [target] if isinstance(target, str) else list(target)
    chosen = [name for name in header if name not in targets] if features is None else list(features)
    for name in [*targets, *chosen]:
        if name not in header:
            raise DataError(
                f"{path} has no column {name!r:.60}{did_you_mean(name, header)}; it has {', '.join(header)}"
            )
    if not chosen or not targets:
        raise DataError(f"{path}: no column is left for {'y' if chosen else 'x'}")

    def column(name: str, read: Callable[[str], T]) -> list[T]:
        index = header.index(name)
        return [
            _field(row[index], read, f"{path}, line {line}, column {name!r}")
            for line, row in zip(lines, rows, strict=True)
        ]

    x: Array = np.array([column(name, _number) for name in chosen]).T
    if classes is not None:
        if len(targets) > 1:
            raise ConfigurationError("classes are for one target column")
        numbers = {name: index for index, name in enumerate(classes)}
        return x, np.array(column(targets[0], lambda text: _class(text, numbers)))
    values = [column(name, _number) for name in targets]
    if not isinstance(target, str):
        return x, np.array(values).T
    y = np.array(values[0])
    return x, y.astype(np.int64) if (y == np.round(y)).all() and (abs(y) < 2**53).all() else y


def _read(path: str | PathLike[str], delimiter: str) -> tuple[list[str], list[int], list[list[str]]]:
    """Return the names of the columns, and the rows with the numbers of their lines; empty lines are left out."""
    lines, rows = [], []
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            header = [name.strip() for name in next(reader, [])]
            for row in reader:
                if row and len(row) != len(header):
                    raise DataError(f"{path}, line {reader.line_num}: {len(row)} fields, and line 1 has {len(header)}")
                if row:
                    lines.append(reader.line_num)
                    rows.append(row)
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        raise DataError(f"{path} cannot be read: {cause}") from cause
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise DataError(f"{path} has two columns {twice!r:.60}: line 1 must name each of them")
    if not rows:
        raise DataError(f"{path} has no rows under its first line, which names the columns")
    return header, lines, rows


def _field(text: str, read: Callable[[str], T], where: str) -> T:
    try:
        return read(text.strip())
    except ValueError as cause:
        raise DataError(f"{where}: {cause}") from cause


def _number(text: str) -> float:
    if not text:
        raise ValueError("the field is empty")
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{text!r:.60} is no number; of a target with text give the classes") from None
    if not math.isfinite(value):
        raise ValueError(f"{text!r:.60} is not finite")
    return value


def _class(text: str, numbers: dict[str, int]) -> int:
    if text not in numbers:
        raise ValueError(f"{text!r:.60} is none of the classes {', '.join(numbers)}")
    return numbers[text]
