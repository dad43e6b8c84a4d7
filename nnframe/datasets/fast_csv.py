"""Large plain CSV tables, read with pandas where it is installed."""

from __future__ import annotations

import csv
import inspect
import io
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnframe.arrays import Array

__all__ = ["read_plain_rows"]

_DELIMITERS = ",;|:\t"
_AMBIGUOUS = (b'"', b"\0", b"rue", b"RUE", b"alse", b"ALSE")
"""What makes a table not plain: quotes, NUL, and true and false, which are numbers to pandas."""

_SMALLEST = 1 << 20
"""Bytes from which on reading with pandas saves more time than importing it takes."""


def read_plain_rows(
    body: bytes, delimiter: str, width: int, numbers: Sequence[int], text: int | None
) -> tuple[Array, list[str]] | None:
    """Return columns of a table as numbers, and one as texts; None where another reader must decide.

    None means that pandas is not installed, that the table is small, or that something in it might be read differently
    than by ``csv`` and ``float``: quotes, lines of different lengths, a field that is no number.

    Args:
        body: The table without its header.
        delimiter: What is between two fields.
        width: How many fields a line must have.
        numbers: The columns of numbers.
        text: The column of texts.
    """
    if len(body) < _SMALLEST or text in numbers or not _is_plain(body, delimiter, width):
        return None
    try:
        import pandas as pd
    except ImportError:
        return None
    options: dict[str, Any] = {}
    if "float_precision" in inspect.signature(pd.read_csv).parameters:
        options = {"float_precision": "round_trip"}  # the default of new versions, which warn of the option
    used = {*numbers} if text is None else {*numbers, text}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = pd.read_csv(
                io.BytesIO(body),
                sep=delimiter,
                header=None,
                names=range(width),
                usecols=sorted(used),
                index_col=False,
                dtype={index: object if index == text else np.float64 for index in used},
                na_filter=False,
                skip_blank_lines=False,
                quoting=csv.QUOTE_NONE,
                encoding="utf-8",
                engine="c",
                low_memory=False,
                **options,
            )
    except Exception:  # whatever pandas says: the exact reader finds what is wrong, and says it in its own words
        return None
    found: Array = np.empty((len(frame), len(numbers)))
    for place, index in enumerate(numbers):
        found[:, place] = frame[index].to_numpy()
    texts: list[str] = [] if text is None else frame[text].tolist()
    return found, texts


def _is_plain(body: bytes, delimiter: str, width: int) -> bool:
    """Whether every line has ``width`` fields, and nothing stands in them that has a meaning beside its own."""
    if delimiter not in _DELIMITERS or width < 2 or any(word in body for word in _AMBIGUOUS):
        return False
    if b"\r" in body and body.count(b"\r") != body.count(b"\r\n"):
        return False
    try:
        body.isascii() or body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    characters = np.frombuffer(body, np.uint8)
    ends = np.flatnonzero(characters == ord("\n"))
    if not body.endswith(b"\n"):
        ends = np.append(ends, len(body))
    marks = np.flatnonzero(characters == ord(delimiter))
    if len(marks) != len(ends) * (width - 1):
        return False
    fields = marks.reshape(len(ends), width - 1)
    starts = np.append(-1, ends[:-1])
    longest = int((ends - starts).max(initial=0))
    return bool((fields[:, 0] > starts).all() and (fields[:, -1] < ends).all() and longest <= csv.field_size_limit())
