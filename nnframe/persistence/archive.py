"""Archive: named arrays and texts, as a safetensors file holds them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from nnframe.errors import FileFormatError, SaveError
from nnframe.paths import show_path
from nnframe.persistence.atomic import replace_file
from nnframe.persistence.digest import BLANK, DIGEST, check_digest, sealed
from nnframe.persistence.header import read_header, write_header
from nnframe.persistence.table import Entry, dtype_name
from nnframe.text import make_line

__all__ = ["Archive", "Arrays", "read_archive", "write_archive"]

Arrays = Mapping[str, NDArray[Any]]


@frozen(eq=False)
class Archive:
    """What is in a file.

    Attributes:
        metadata: Texts by name.
        arrays: Arrays by name.
    """

    metadata: Mapping[str, str]
    arrays: Arrays


def write_archive(path: str | PathLike[str], archive: Archive) -> None:
    """Write an archive atomically with its digest, and read it back before it gets its name.

    Raises:
        SaveError: It cannot be written, or what was written is not what was meant.
    """
    arrays = {name: _little(array) for name, array in sorted(archive.arrays.items(), key=_order)}
    head = sealed(_head({DIGEST: BLANK, **archive.metadata}, arrays), map(_bytes, arrays.values()))

    def write(stream: BinaryIO) -> None:
        stream.write(head)
        for array in arrays.values():
            stream.write(_bytes(array).data)

    def check(temporary: Path) -> None:
        try:
            with _opened(temporary) as stream:
                header = read_header(stream)
                check_digest(header, (_bytes(_read(stream, entry)) for entry in header.entries))
        except FileFormatError as error:
            raise SaveError(
                f"{show_path(path)} does not read back as it was written; the disk may be broken: {error}"
            ) from error
        if not head.endswith(header.text):
            raise SaveError(
                f"{show_path(path)}: the header does not read back as it was written; the disk may be broken"
            )

    replace_file(path, write, check)


def read_archive(path: str | PathLike[str]) -> Archive:
    """Read an archive: everything is checked before an array is allocated, and no more is than the file has bytes.

    Raises:
        FileFormatError: The file cannot be read, or is no safetensors file, or not a whole one, or was changed.
    """
    with _opened(path) as stream:
        header = read_header(stream)
        arrays = {entry.name: _read(stream, entry) for entry in header.entries}
        check_digest(header, map(_bytes, arrays.values()))
        return Archive(header.metadata, {name: _native(array) for name, array in arrays.items()})


@contextmanager
def _opened(path: str | PathLike[str]) -> Iterator[BinaryIO]:
    """Open a regular file (a pipe would wait for ever), and say which one it is about if something is wrong."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
            raise FileFormatError(f"{show_path(path)} is no regular file")
        with Path(path).open("rb") as stream:
            yield stream
    except FileFormatError as error:
        raise FileFormatError(f"{show_path(path)}: {error.message}") from error.__cause__
    except (OSError, ValueError, MemoryError) as cause:
        raise FileFormatError(f"{show_path(path)} cannot be read: {make_line(str(cause), 300)}") from cause


def _read(stream: BinaryIO, entry: Entry) -> NDArray[Any]:
    array = np.empty(entry.shape, entry.dtype)
    if stream.readinto(_bytes(array).data) != array.nbytes:  # type: ignore[attr-defined]
        raise FileFormatError(f"the file ended inside the tensor {entry.name!r:.80}")
    if entry.dtype.kind == "b" and _bytes(array).max(initial=0) > 1:
        raise FileFormatError(f"the tensor {entry.name!r:.80} holds bytes that are neither true nor false")
    return array


def _bytes(array: NDArray[Any]) -> NDArray[np.uint8]:
    return array.reshape(-1).view(np.uint8)


def _native(array: NDArray[Any]) -> NDArray[Any]:
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _little(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array as it is written; safetensors' own NumPy writer takes other memory orders for this one."""
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(array.shape)


def _order(item: tuple[str, NDArray[Any]]) -> tuple[int, str]:
    """Large elements first, so that every tensor is aligned; then by name, so that files can be compared."""
    return -item[1].dtype.itemsize, item[0]


def _head(metadata: Mapping[str, str], arrays: Arrays) -> bytes:
    entries: dict[str, Mapping[str, object]] = {}
    position = 0
    for name, array in arrays.items():
        offsets = [position, position + array.nbytes]
        entries[name] = {"dtype": dtype_name(array), "shape": list(array.shape), "data_offsets": offsets}
        position += array.nbytes
    return write_header(metadata, entries)
