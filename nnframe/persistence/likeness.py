"""Whether a state from a file can stand where a state that has just been started stands."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Number
from typing import cast

import attrs
import numpy as np

from nnframe.errors import FileFormatError
from nnframe.persistence.encoding import fields_of
from nnframe.training.snapshot import Snapshot

__all__ = ["check_like", "check_position"]


def check_like(value: object, fresh: object, where: str, *, shapes: bool = False) -> None:
    """Check that a state has the form of a fresh one: classes, and, where asked, shapes and dtypes of arrays.

    What is none in the fresh state may be anything, and lists and tables may have grown.

    Raises:
        FileFormatError: It has not; the message says where.

    >>> check_like((1, [2.0]), (0, []), "state")
    >>> check_like((1, "x"), (0, []), "state")
    Traceback (most recent call last):
    nnframe.errors.FileFormatError: state.1 is a str, where a list was expected
    """
    if fresh is None or (_is_number(value) and _is_number(fresh)):
        return
    if type(value) is not type(fresh):
        raise FileFormatError(f"{where} is a {type(value).__name__}, where a {type(fresh).__name__} was expected")
    if shapes and isinstance(fresh, np.ndarray):
        array = cast("np.ndarray[tuple[int, ...], np.dtype[np.generic]]", value)
        if (array.shape, array.dtype) != (fresh.shape, fresh.dtype):
            raise FileFormatError(f"{where} is {array.dtype} {array.shape}, not {fresh.dtype} {fresh.shape}")
    if isinstance(fresh, tuple) and fresh and len(fresh) != len(cast("tuple[object, ...]", value)):
        raise FileFormatError(f"{where} has not the length {len(fresh)}")
    theirs = _members(fresh)
    for key, member in _members(value).items():
        check_like(member, theirs.get(key), f"{where}.{key}", shapes=shapes)


def _members(value: object) -> Mapping[object, object]:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list | tuple):
        return dict(enumerate(value))
    return {name: getattr(value, name) for name in fields_of(value)} if attrs.has(type(value)) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, Number) and not isinstance(value, bool)


def check_position(snapshot: Snapshot, fresh: Snapshot, steps_per_epoch: int) -> None:
    """Check that a run can be where the snapshot says that it is.

    Raises:
        FileFormatError: It cannot.
    """
    rows = [*snapshot.history, snapshot.logs, dict(enumerate(snapshot.progress.monitored))]
    if not all(isinstance(row, dict) and all(map(_is_number, row.values())) for row in rows):
        raise FileFormatError("the history must be tables of numbers")
    counts = (snapshot.epoch, snapshot.begun, snapshot.progress.step, snapshot.progress.epoch)
    if not all(type(count) is int and count >= 0 for count in counts):
        raise FileFormatError(f"epochs and steps must be whole numbers from 0, and are {counts}")
    for name, those, these in (
        ("parameters", snapshot.slots, fresh.slots),
        ("metrics", snapshot.measures[2], fresh.measures[2]),
    ):
        if len(those) != len(these):
            raise FileFormatError(f"it has the states of {len(those)} {name}, and there are {len(these)}")
    if len(snapshot.history) != snapshot.epoch or snapshot.begun > steps_per_epoch:
        raise FileFormatError(f"a run cannot be at step {snapshot.begun} after {snapshot.epoch} epochs")
