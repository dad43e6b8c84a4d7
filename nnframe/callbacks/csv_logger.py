"""CSVLogger: a row an epoch, in a file that is whole at any time."""

from __future__ import annotations

import csv
from functools import partial
from io import StringIO
from pathlib import Path
from typing import BinaryIO

import attrs
from attrs import define, frozen

from nnframe.checks import truth, whole_from_zero
from nnframe.errors import FileFormatError, SaveError
from nnframe.interfaces import Callback, Moment
from nnframe.paths import as_path_text, show_path
from nnframe.persistence.atomic import replace_file
from nnframe.training.tables import csv_text

__all__ = ["CSVLogger", "Written"]


@define
class Written:
    """How far the file is written, in bytes, and its columns; nothing yet where ``columns`` is empty."""

    end: int = attrs.field(default=0, validator=whole_from_zero)
    columns: list[str] = attrs.field(factory=list)


@frozen
class CSVLogger(Callback[Written]):
    """Appends a row after each epoch: its number, then ``loss``, metrics, ``val_...``, ``learning_rate``.

    Numbers are written so that they read back to the bit; ``History.from_csv`` reads the file. A run that goes on from
    a checkpoint goes on in the file where the checkpoint stands: what was written later, or by half, is replaced.
    Put it behind callbacks that add numbers of their own.

    Args:
        path: The file.
        append: Whether a new run goes on behind what is there, under the same header, instead of replacing it.

    >>> from nnframe import Model
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "run.csv"
    ...     _ = Model(["tanh"], loss="mse", input_shape=(1,)).fit([[0.0]], [[2.0]], epochs=2,
    ...                                                           callbacks=[CSVLogger(path)], progress=False)
    ...     print(path.read_text())
    epoch,loss,learning_rate
    1,4.0,0.001
    2,4.0,0.001
    <BLANKLINE>
    """

    path: str = attrs.field(converter=as_path_text)
    append: bool = attrs.field(default=False, validator=truth)

    def start(self, moment: Moment) -> Written:
        return Written()

    def check_state(self, state: Written, moment: Moment, epoch: int) -> None:
        path = Path(self.path)
        if len(set(state.columns)) < len(state.columns):
            raise FileFormatError(f"{show_path(self.path)} cannot have a column twice")
        if not state.columns or not path.is_file() or path.stat().st_size < state.end:
            return
        with path.open("rb") as file:
            before = file.read(state.end)
        if not before.endswith(b"\n") or not before.startswith(_text([state.columns])):
            raise FileFormatError(f"{show_path(self.path)} is not the file that the run wrote up to byte {state.end}")

    def after_epoch(self, state: Written, moment: Moment) -> None:
        row: dict[str, object] = {"epoch": moment.epoch, **moment.logs}
        try:
            self._write(state, row)
        except OSError as cause:
            raise SaveError(f"CSVLogger cannot write {show_path(self.path)}: {cause.strerror or cause}") from cause
        except (UnicodeDecodeError, csv.Error) as cause:
            raise SaveError(f"CSVLogger cannot go on behind what {show_path(self.path)} holds: {cause}") from cause

    def _write(self, state: Written, row: dict[str, object]) -> None:
        path = Path(self.path)
        there = path.stat().st_size if path.exists() else 0
        if state.columns and set(row) <= set(state.columns) and there >= state.end:
            with path.open("r+b") as file:
                file.seek(state.end)
                file.write(_text([_cells(state.columns, row)]))
                state.end = file.tell()
                file.truncate()
            return
        before = path.read_bytes() if there else b""
        columns, rows = _read(before if self.append and not state.columns else before[: state.end])
        columns += [name for name in row if name not in columns]
        text = _text([columns, *(each + [""] * (len(columns) - len(each)) for each in rows), _cells(columns, row)])
        replace_file(path, partial(_put, text), lambda written: None)
        state.columns, state.end = columns, len(text)


def _put(text: bytes, file: BinaryIO) -> None:
    file.write(text)


def _read(text: bytes) -> tuple[list[str], list[list[str]]]:
    lines = list(csv.reader(StringIO(text.decode("utf-8"), newline="")))
    return (lines[0], lines[1:]) if lines else ([], [])


def _cells(columns: list[str], row: dict[str, object]) -> list[str]:
    return [repr(row[name]) if name in row else "" for name in columns]


def _text(rows: list[list[str]]) -> bytes:
    return csv_text(rows).encode("utf-8")
