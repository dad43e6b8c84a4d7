"""Arrays from a CSV file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from nnframe.arrays import Array
from nnframe.datasets.table import EMPTY, Table, parse_number, read_table
from nnframe.errors import ConfigurationError, DataError
from nnframe.interfaces.part import did_you_mean
from nnframe.paths import as_path
from nnframe.text import quote

__all__ = ["load_csv"]

T = TypeVar("T")


def load_csv(
    path: str | PathLike[str],
    *,
    target: str | Sequence[str],
    features: Sequence[str] | None = None,
    classes: Sequence[str] | Literal["sorted"] | None = None,
    delimiter: str = ",",
) -> tuple[Array, NDArray[Any]]:
    """Return x and y of a table whose first line names the columns.

    The numbers are those that Python's ``float`` reads, to the bit. Large tables are read with pandas where it is
    installed (``nnframe[csv]``), otherwise with NumPy.

    Args:
        path: The file, in UTF-8.
        target: The column of the targets, y (examples,), integers if all are whole; or several columns, y
            (examples, targets), numbers.
        features: The columns of x (examples, features); None for all others.
        classes: What stands in the target's column for class 0, 1, ...; ``"sorted"`` for its texts in sorted order, if
            no number stands there; None where numbers stand there.
        delimiter: What is between two fields: one character.

    Raises:
        DataError: A line has too many fields or too few, a column is missing, a field is empty, no number, or not
            finite; the message says in which line. Or the file cannot be read.
        ConfigurationError: An option is of a wrong type.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "iris.csv"
    ...     _ = path.write_text("length,width,species\\n5.1,3.5,setosa\\n7.0,3.2,versicolor\\n")
    ...     load_csv(path, target="species", classes=["setosa", "versicolor"])
    (array([[5.1, 3.5],
           [7. , 3.2]]), array([0, 1]))
    """
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise ConfigurationError(
            f"delimiter must be one character, no quote and no line break, and is {quote(delimiter)}"
        )
    targets = [target] if isinstance(target, str) else _as_names(target, "target")
    listed = None if classes is None or classes == "sorted" else _as_names(classes, "classes")
    if classes is not None and len(targets) > 1:
        raise ConfigurationError("classes are for one target column")
    asked = None if features is None else _as_names(features, "features")
    both = set(targets).intersection(asked or ())
    if both:
        raise ConfigurationError(f"the target {quote(min(both))} is among the features: leave it out of one of them")
    table = read_table(as_path(path, DataError), delimiter)
    taken = set(targets)
    chosen = [name for name in table.header if name not in taken] if asked is None else asked
    _check_header(table, [*targets, *chosen])
    if not chosen or not targets:
        table.check_rows()
        raise DataError(f"{table.shown}: no column is left for {'y' if chosen else 'x'}")
    if classes is not None:
        return _read_classes(table, chosen, targets[0], listed)
    names = [*chosen, *targets]
    values, _ = table.read(names, None, [(name, parse_number) for name in names])
    x, y = np.ascontiguousarray(values[:, : len(chosen)]), values[:, len(chosen) :].copy()
    return x, _as_labels(y[:, 0]) if isinstance(target, str) else y


def _as_names(value: object, what: str) -> list[str]:
    if not isinstance(value, str | bytes | Mapping) and isinstance(value, Iterable):
        names = list(value)
        if all(isinstance(name, str) for name in names):
            twice = _find_twice(names)
            if twice is not None:
                raise ConfigurationError(f"{what} must name each once, and names {quote(twice)} twice")
            return names
    raise ConfigurationError(f"{what} must be a list of texts, and is {quote(value)}")


def _find_twice(names: Iterable[str]) -> str | None:
    return next((name for name, times in Counter(names).items() if times > 1), None)


def _check_header(table: Table, names: Sequence[str]) -> None:
    """Refuse a header that does not name each of its columns, and these."""
    header = table.header
    twice = _find_twice(header)
    missing = next((name for name in names if name not in table.places), None)
    if twice is None and missing is None and header:
        return
    table.check_rows()
    if twice is not None:
        raise DataError(f"{table.shown} has two columns {twice!r:.60}: line 1 must name each of them")
    known = ", ".join(header)
    raise DataError(
        f"{table.shown} has no column {missing!r:.60}{did_you_mean(str(missing), header)}; it has {known:.200}"
    )


def _read_classes(
    table: Table, chosen: Sequence[str], target: str, classes: Sequence[str] | None
) -> tuple[Array, NDArray[Any]]:
    """Return x, and the class of each row; where ``classes`` is None, that of its text in sorted order."""
    x, fields = table.read(chosen, target, [(name, parse_number) for name in chosen])
    texts = [field.strip() for field in fields]
    present = set(texts)
    if classes is None and any(map(_is_number, present)):
        return x, _as_labels(np.array(_parse_all(table, target, texts, _parse_beside_numbers)))
    names = sorted(present) if classes is None else list(classes)
    numbers = {name: index for index, name in enumerate(names) if name or classes is not None}

    def parse(text: str) -> int:
        if text not in numbers:
            raise ValueError(f"{text!r:.60} is none of the classes {', '.join(names):.200}" if text else EMPTY)
        return numbers[text]

    return x, np.array(_parse_all(table, target, texts, parse), np.int64)


def _parse_all(table: Table, column: str, texts: Sequence[str], parse: Callable[[str], T]) -> list[T]:
    """Return what a parser makes of each text of a column, or say which line it refuses."""
    try:
        made = {text: parse(text) for text in set(texts)}
    except ValueError:
        table.explain([(column, parse)])
    return [made[text] for text in texts]


def _parse_beside_numbers(text: str) -> float:
    if text and not _is_number(text):
        raise ValueError(f"{text!r:.60} is no number, as other fields of the column are")
    return parse_number(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _as_labels(y: Array) -> NDArray[Any]:
    """Return numbers as integers if all are whole."""
    return y.astype(np.int64) if (y == np.round(y)).all() and (abs(y) < 2**53).all() else y
