"""The header of a safetensors file, read strictly: nothing is allocated before everything has been checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import BinaryIO, cast

from attrs import frozen

from nnframe.errors import FileFormatError
from nnframe.persistence.table import Entry, check_layout, read_entry
from nnframe.strict_json import read_json, write_json

__all__ = ["Header", "read_header", "write_header"]

_LENGTH = 8
_LONGEST = 32 * 2**20
_METADATA = "__metadata__"


@frozen
class Header:
    """What a safetensors file says about itself.

    Attributes:
        metadata: Texts by name.
        entries: The tensors, in the order of their bytes.
        length: Where the bytes of the tensors begin.
        text: The JSON, as it stands in the file.
    """

    metadata: Mapping[str, str]
    entries: tuple[Entry, ...]
    length: int
    text: bytes


def read_header(stream: BinaryIO) -> Header:
    """Read and check the header at the beginning of a file.

    Raises:
        FileFormatError: This is no safetensors file, or not a whole one.
    """
    size = os.fstat(stream.fileno()).st_size
    if size < _LENGTH:
        raise FileFormatError(f"the file has {size} bytes, which is too few for a safetensors file")
    length = int.from_bytes(stream.read(_LENGTH), "little")
    if length > size - _LENGTH:
        raise FileFormatError(
            f"the header should have {length:,} bytes, and the whole file has {size:,}: it is truncated, or no "
            "safetensors file"
        )
    if length > _LONGEST:
        raise FileFormatError(f"the header has {length:,} bytes, and {_LONGEST:,} are the most that is read")
    text = stream.read(length)
    if len(text) != length or not text.startswith(b"{"):
        raise FileFormatError("this is no safetensors file: its header does not begin with {")
    return _checked(text, size - _LENGTH - length)


def _checked(text: bytes, data_size: int) -> Header:
    table = cast("dict[str, object]", read_json(text, "the header"))
    metadata = table.pop(_METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise FileFormatError(f"{_METADATA} must hold texts only")
    entries = [read_entry(name, value) for name, value in table.items()]
    check_layout(entries, data_size)
    entries.sort(key=lambda entry: (entry.start, entry.stop))
    return Header(metadata, tuple(entries), _LENGTH + len(text), text)


def write_header(metadata: Mapping[str, str], entries: Mapping[str, Mapping[str, object]]) -> bytes:
    """Return the header with its length in front, so long that the tensors begin at a multiple of eight.

    >>> write_header({"format": "nnframe"}, {})[8:]
    b'{"__metadata__":{"format":"nnframe"}}   '
    """
    text = write_json({_METADATA: dict(metadata), **entries}).encode("ascii")
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(_LENGTH, "little") + text
