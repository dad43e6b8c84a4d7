"""Arrays from a .npz file, read or memory-mapped."""

from __future__ import annotations

import struct
import zipfile
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nnframe.errors import DataError

__all__ = ["load_npz"]

_LOCAL_HEADER = 30
"""Bytes before the name in the header that a zip file has in front of each member."""


def load_npz(
    path: str | PathLike[str], *, x: str = "x", y: str = "y", mapped: bool = False
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return two arrays of a file that ``np.savez`` wrote.

    Args:
        path: The file.
        x, y: Their names in it.
        mapped: Leave them in the file, as memory maps: of what ``np.savez_compressed`` wrote that cannot be.

    Raises:
        DataError: The file cannot be read, or does not hold them; pickled objects are never read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            held = [Path(each).stem for each in archive.namelist() if each.endswith(".npy")]
            missing = [name for name in (x, y) if name not in held]
            if missing:
                raise DataError(f"{path} must hold two arrays, {x} and {y}, and holds {', '.join(held) or 'none'}")
            members = archive.getinfo(f"{x}.npy"), archive.getinfo(f"{y}.npy")
        if mapped:
            return _map(path, members[0]), _map(path, members[1])
        with np.load(path, allow_pickle=False) as content:
            return content[x], content[y]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as cause:
        if isinstance(cause, DataError):
            raise
        raise DataError(f"{path} cannot be read: {cause}") from cause


def _map(path: str | PathLike[str], member: zipfile.ZipInfo) -> NDArray[Any]:
    """Map an array where it lies in the file, behind the headers of its member and its own."""
    if member.compress_type != zipfile.ZIP_STORED:
        raise DataError(f"{path}: {member.filename} is compressed, and cannot be mapped: write it with np.savez")
    with Path(path).open("rb") as file:
        file.seek(member.header_offset)
        name, extra = struct.unpack("<HH", file.read(_LOCAL_HEADER)[26:])
        file.seek(name + extra, 1)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(npy.read_magic(file))
        if read is None:
            raise DataError(f"{path}: {member.filename} has a header of an unknown version")
        shape, fortran, dtype = read(file)
        if dtype.hasobject:
            raise DataError(f"{path}: {member.filename} holds objects, not numbers")
        if not np.prod(shape):
            return np.zeros(shape, dtype)
        return np.memmap(path, dtype, "r", file.tell(), shape, "F" if fortran else "C")
