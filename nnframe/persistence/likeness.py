"""Whether a state from a file can stand where a state that has just been started stands."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Number
from typing import cast

import attrs
import numpy as np

from nnframe.errors import FileFormatError
from nnframe.persistence.encoding import fields_of
from nnframe.text import list_names
from nnframe.training.snapshot import Snapshot

__all__ = ["check_like", "check_nan", "check_position", "check_remembered"]

AnyArray = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


def check_like(value: object, fresh: object, where: str, *, exactly: bool = False) -> None:
    """Check that a state has the form of a fresh one: classes, and of arrays the dtype and the number of axes.

    What is none in the fresh state may be anything. Lists and tables that are empty there may have grown, and axes of
    length 0 or 1, unless the shapes are to be ``exactly`` the same.

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
    if isinstance(fresh, np.ndarray):
        array = cast("AnyArray", value)
        grown = len(array.shape) == fresh.ndim and all(
            old == new or (old < 2 and not exactly) for old, new in zip(fresh.shape, array.shape, strict=True)
        )
        if not grown or array.dtype != fresh.dtype:
            raise FileFormatError(f"{where} is {array.dtype} {array.shape}, not {fresh.dtype} {fresh.shape}")
    if isinstance(fresh, tuple) and fresh and len(fresh) != len(cast("tuple[object, ...]", value)):
        raise FileFormatError(f"{where} has not the length {len(fresh)}")
    theirs = _members(fresh)
    if isinstance(fresh, Mapping) and fresh and set(theirs) != set(_members(value)):
        raise FileFormatError(f"{where} has not the keys {list_names(map(str, theirs))}")
    for key, member in _members(value).items():
        check_like(member, theirs.get(key), f"{where}.{key}", exactly=exactly)


def check_remembered(value: object, parameters: Mapping[str, AnyArray], where: str) -> None:
    """Check every table by path of a parameter inside a state, as averages and the best values are.

    Args:
        value: The state.
        parameters: The value of each parameter in the same file, by path.
        where: What messages call the state.

    Raises:
        FileFormatError: An array has another shape or dtype than its parameter, or NaN where that has none.

    >>> check_remembered({"0.bias": np.ones(2)}, {"0.bias": np.ones(2)}, "averages")
    >>> check_remembered({"0.bias": np.ones(1)}, {"0.bias": np.ones(2)}, "averages")
    Traceback (most recent call last):
    nnframe.errors.FileFormatError: averages.0.bias is float64 (1,), and the parameter float64 (2,)
    """
    members = _members(value)
    by_path = isinstance(value, Mapping) and any(
        isinstance(value[key], np.ndarray) for key in value if key in parameters
    )
    if by_path and set(members) != set(parameters):
        raise FileFormatError(f"{where} must have a value for each parameter, and for nothing else")
    for key, member in members.items():
        place = f"{where}.{key}"
        if not by_path:
            check_remembered(member, parameters, place)
        elif isinstance(member, np.ndarray):
            _check_array(member, parameters[str(key)], place)
        else:
            raise FileFormatError(f"{place} stands among the values of parameters, and is none")


def _check_array(array: AnyArray, parameter: AnyArray, where: str) -> None:
    if (array.shape, array.dtype) != (parameter.shape, parameter.dtype):
        raise FileFormatError(
            f"{where} is {array.dtype} {array.shape}, and the parameter {parameter.dtype} {parameter.shape}"
        )
    check_nan(array, parameter, where)


def check_nan(state: object, parameter: AnyArray, where: str) -> None:
    """Check that no array in what is remembered of a parameter has NaN, unless the parameter has some itself.

    Raises:
        FileFormatError: One has.
    """
    if isinstance(state, np.ndarray):
        if state.dtype.kind == "f" and np.isnan(state).any() and not np.isnan(parameter).any():
            raise FileFormatError(f"{where}: NaN, where the parameter has none")
        return
    for key, member in _members(state).items():
        check_nan(member, parameter, f"{where}.{key}")


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
    if not 0 <= snapshot.rate < float("inf") or snapshot.measures[1] < 0:
        raise FileFormatError("a rate and a sum of weights must be numbers from 0")
    progress = snapshot.progress
    if progress.epoch < snapshot.epoch or progress.steps_per_epoch != fresh.progress.steps_per_epoch:
        raise FileFormatError("what the schedule knows of the run does not fit it")
    if len(snapshot.history) != snapshot.epoch or snapshot.begun > steps_per_epoch:
        raise FileFormatError(f"a run cannot be at step {snapshot.begun} after {snapshot.epoch} epochs")
