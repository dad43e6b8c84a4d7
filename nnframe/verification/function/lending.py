"""Lending: a very large subject works in the parameters themselves, of which the guard keeps a copy.

Every other subject works in copies, and the parameters stay as they are meanwhile. Of a very large one, that would be
a second copy beside the guard's. So the guard's takes the place of the point, which nothing writes to, elements move
in the parameter itself, and the guard puts it back on the way out, whatever happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.floats.bitwise import same_bits
from nnframe.verification.function.function import LARGE, FunctionUnderTest

__all__ = ["lending", "reads_behind", "take_back"]

DATA = ("input", "prediction")
"""What is not a parameter is copied all the same: it may be seen in other places, such as a target."""


@contextmanager
def lending(subject: FunctionUnderTest | None, kept: Sequence[tuple[Array, Array]]) -> Iterator[None]:
    """Lend a large subject its own parameters meanwhile.

    Args:
        subject: The subject; None where there is none.
        kept: The arrays that the guard puts back, each with the copy that it keeps.
    """
    spared = _spared(subject.values, kept) if subject is not None and subject.large else {}
    if subject is None or not spared:
        yield
        return
    values = subject.values
    subject.values = {**values, **spared}
    subject.lent = {path: each if path in spared else np.array(each, order="K") for path, each in values.items()}
    try:
        yield
    finally:
        subject.values, subject.lent = values, None


def take_back(subject: FunctionUnderTest, lent: Mapping[str, Array]) -> None:
    """Put everything that was lent back, and lend nothing any more."""
    subject.lent = None
    for path, array in lent.items():
        if not same_bits(array, subject.values[path]):
            array[...] = subject.values[path]


def reads_behind(subject: FunctionUnderTest, lent: Mapping[str, Array]) -> bool:
    """Whether the function looks at the parameters that were lent where it is given copies of them.

    What was found while elements moved in them is then not about what it is given.
    """
    values = {path: np.array(value) for path, value in subject.values.items()}
    before = subject.output(values)
    try:
        for array in lent.values():
            np.add(array, 1, out=array)
        after = subject.output(values)
    except (ValueError, ArithmeticError):
        return True
    finally:
        take_back(subject, lent)
    return before.shape != after.shape or not np.array_equal(before, after, equal_nan=True)


def _spared(values: Mapping[str, Array], kept: Sequence[tuple[Array, Array]]) -> dict[str, Array]:
    """The guard's copies of what can be lent."""
    copies = {id(array): copy for array, copy in kept}
    arrays = {id(array): array for array in (*values.values(), *(array for array, _ in kept))}.values()
    return {
        path: copies[id(value)]
        for path, value in values.items()
        if id(value) in copies and not path.startswith(DATA) and _can_be_lent(value) and _alone(value, arrays, values)
    }


def _can_be_lent(value: Array) -> bool:
    """Whether elements may move in an array: it is very large, contiguous, and in memory of NumPy's own."""
    return value.size > LARGE and value.flags.c_contiguous and value.flags.writeable and _own(value)


def _own(value: object) -> bool:
    """Whether memory is NumPy's: not a file's, nor another library's."""
    while type(value) is np.ndarray:
        value = value.base
    return value is None


def _alone(value: Array, arrays: Iterable[Array], values: Mapping[str, Array]) -> bool:
    """Whether no other variable lies in the same memory."""
    twice = sum(each is value for each in values.values()) > 1
    return not twice and not any(each is not value and np.may_share_memory(each, value) for each in arrays)
