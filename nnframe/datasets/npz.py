"""Arrays from a .npz file, read or memory-mapped."""

from __future__ import annotations

import math
import struct
import zipfile
from os import PathLike
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nnframe.errors import ConfigurationError, DataError
from nnframe.paths import require_regular_file, show_path

__all__ = ["load_npz"]

_LOCAL_HEADER = 30
"""Bytes before the name in the header that a zip file has in front of each member."""

_EXPANSION = 1032
"""How many bytes deflate can make of one at most; a member that promises more is not read."""

_ENCRYPTED = 1
"""The bit of a member's flags that says so."""

_HEADERS = {(1, 0): (2, npy.read_array_header_1_0), (2, 0): (4, npy.read_array_header_2_0)}
"""By version: how many bytes the length of an array's header has, and what reads it."""

_LONGEST_HEADER = 10_000


def load_npz(
    path: str | PathLike[str], *, x: str = "x", y: str = "y", mapped: bool = False
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return two arrays of a file that ``np.savez`` wrote.

    Nothing in the file is executed, and no more memory is taken than the file can hold numbers for.

    Args:
        path: The file.
        x, y: Their names in it.
        mapped: Leave them in the file, as memory maps: of what ``np.savez_compressed`` wrote that cannot be.

    Raises:
        DataError: The file cannot be read, or does not hold them; pickled objects are never read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     np.savez(Path(folder) / "data.npz", x=np.ones((2, 3)), y=np.array([0, 1]))
    ...     x, y = load_npz(Path(folder) / "data.npz")
    >>> x.shape, y
    ((2, 3), array([0, 1]))
    """
    if not isinstance(x, str) or not isinstance(y, str):
        raise ConfigurationError(f"x and y must be the names of two arrays, and are {x!r:.40} and {y!r:.40}")
    file = require_regular_file(path, DataError)
    try:
        with zipfile.ZipFile(file) as archive:
            held = [member.removesuffix(".npy") for member in archive.namelist() if member.endswith(".npy")]
            if held.count(x) != 1 or held.count(y) != 1:
                listed = _clean(", ".join(held)) or "none"
                raise DataError(
                    f"{show_path(file)} must hold two arrays, {_clean(x)} and {_clean(y)}, and holds {listed}"
                )
            members = [_bound(archive.getinfo(f"{name}.npy"), file) for name in (x, y)]
            first, second = (_map(file, archive, each) if mapped else _read(archive, each) for each in members)
            return first, second
    except DataError:
        raise
    except Exception as cause:  # a damaged file makes zipfile, zlib and NumPy raise nearly anything
        raise DataError(f"{show_path(file)} cannot be read: {_clean(str(cause)) or type(cause).__name__}") from cause


def _clean(text: str) -> str:
    """Return text out of a file as a message can show it: on one line, printable, and cut."""
    return "".join(character if character.isprintable() else "?" for character in text[:200])


def _bound(member: zipfile.ZipInfo, file: Path) -> zipfile.ZipInfo:
    """Return a member that promises no more bytes than the file can hold."""
    expansion = {zipfile.ZIP_STORED: 1, zipfile.ZIP_DEFLATED: _EXPANSION}.get(member.compress_type)
    if expansion is None or member.flag_bits & _ENCRYPTED:
        raise ValueError(f"{member.filename} is encrypted, or compressed in another way than np.savez_compressed does")
    if member.file_size > member.compress_size * expansion or member.compress_size > file.stat().st_size:
        raise ValueError(f"{member.filename} promises {member.file_size} bytes, more than the file can hold")
    return member


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    with archive.open(member) as stream:
        _header(stream, member, 0)
        stream.seek(0)
        array: NDArray[Any] = npy.read_array(stream, allow_pickle=False)
        stream.read(1)  # at the end the checksum is compared
        return array


def _map(file: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    """Map an array where it lies in the file, behind the headers of its member and its own."""
    if member.compress_type != zipfile.ZIP_STORED:
        raise DataError(
            f"{show_path(file)}: {member.filename} is compressed, and cannot be mapped: write it with np.savez"
        )
    archive.open(member).close()  # which compares the two headers that a member has
    with file.open("rb") as stream:
        stream.seek(member.header_offset)
        name, extra = struct.unpack("<HH", stream.read(_LOCAL_HEADER)[26:])
        start = stream.seek(name + extra, 1)
        shape, fortran, dtype = _header(stream, member, start)
        if not math.prod(shape):
            return np.zeros(shape, dtype)
        return np.memmap(file, dtype, "r", stream.tell(), shape, "F" if fortran else "C")


def _header(stream: IO[bytes], member: zipfile.ZipInfo, start: int) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return shape, order and dtype of the array that begins at ``start``, if its member has as many bytes."""
    version = npy.read_magic(stream)
    if version not in _HEADERS:
        raise ValueError(f"{member.filename} has a header of an unknown version")
    width, read = _HEADERS[version]
    length = int.from_bytes(stream.read(width), "little")
    if length > _LONGEST_HEADER:
        raise ValueError(f"{member.filename} has a header of {length} bytes")
    stream.seek(-width, 1)
    shape, fortran, dtype = read(stream)
    if dtype.hasobject:
        raise ValueError(f"{member.filename} holds pickled objects, which are never read: save an array of numbers")
    size = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or stream.tell() - start + size != member.file_size:
        raise ValueError(f"{member.filename} has {member.file_size} bytes, which do not fit its shape {shape!s:.60}")
    return shape, fortran, dtype
