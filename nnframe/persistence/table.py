"""The table of a safetensors file: which tensor has which dtype, shape and bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, cast

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from nnframe.errors import FileFormatError

__all__ = ["DTYPES", "Entry", "check_layout", "dtype_name", "read_entry"]

DTYPES: Mapping[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"),
    "U32": np.dtype("<u4"),
    "U16": np.dtype("<u2"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
"""The dtypes that NumPy has, by their names in safetensors. All numbers are little-endian."""

_MOST_AXES = 32
_LONGEST_AXIS = 2**48


@frozen
class Entry:
    """One tensor of a file.

    Attributes:
        name: Its name.
        dtype: Its dtype, little-endian.
        shape: Its shape.
        start, stop: Its bytes, counted from the end of the header.
    """

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int
    stop: int


def dtype_name(array: NDArray[Any]) -> str:
    """Return the name of an array's dtype in safetensors.

    >>> dtype_name(np.zeros(1, "float32"))
    'F32'
    """
    little = array.dtype.newbyteorder("<")
    for name, dtype in DTYPES.items():
        if dtype == little:
            return name
    raise FileFormatError(f"safetensors cannot hold {array.dtype}")


def read_entry(name: str, value: object) -> Entry:
    """Read one line of the table.

    Raises:
        FileFormatError: It does not say what a tensor is, or says two things that contradict each other.
    """
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        raise FileFormatError(f"the tensor {name!r:.80} must have dtype, shape and data_offsets, and nothing else")
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise FileFormatError(
            f"the tensor {name!r:.80} has the dtype {dtype!r:.40}, and only {', '.join(DTYPES)} are known"
        )
    if not _are_whole(shape, _LONGEST_AXIS) or len(cast("list[int]", shape)) > _MOST_AXES:
        raise FileFormatError(f"the tensor {name!r:.80} has no possible shape: {shape!r:.80}")
    if not _are_whole(offsets, 2**63) or len(cast("list[int]", offsets)) != 2:
        raise FileFormatError(f"the tensor {name!r:.80} has no possible data_offsets: {offsets!r:.80}")
    lengths, (start, stop) = cast("list[int]", shape), cast("list[int]", offsets)
    size = prod(lengths) * DTYPES[dtype].itemsize
    if stop - start != size:
        raise FileFormatError(
            f"the tensor {name!r:.80} of {dtype} {tuple(lengths)} needs {size} bytes, and has {stop - start}"
        )
    return Entry(name, DTYPES[dtype], tuple(lengths), start, stop)


def _are_whole(values: object, limit: int) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < limit for value in values)


def check_layout(entries: Sequence[Entry], size: int) -> None:
    """Check that tensors fill the bytes behind the header exactly: no overlap, no hole, nothing missing or left.

    Raises:
        FileFormatError: They do not.
    """
    position = 0
    for entry in sorted(entries, key=lambda entry: (entry.start, entry.stop)):
        if entry.start != position:
            fault = "overlaps the one before it" if entry.start < position else "leaves a hole before it"
            raise FileFormatError(f"the tensor {entry.name!r:.80} {fault}")
        position = entry.stop
    if position != size:
        raise FileFormatError(
            f"the header promises {position:,} bytes of tensors, and the file has {size:,}"
            + (": it is truncated" if size < position else "")
        )
