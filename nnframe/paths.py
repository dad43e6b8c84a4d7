"""Paths that a user gives: text or ``os.PathLike``, and for reading a regular file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from nnframe.errors import ConfigurationError, NNFrameError, SaveError
from nnframe.text import make_line, quote

__all__ = ["as_path", "as_path_text", "read_bytes", "read_text", "require_regular_file", "show_path"]

_USES: dict[type[NNFrameError], str] = {SaveError: "written", ConfigurationError: "used"}
"""What cannot be done with a path, by the error that says so; of the others it is reading."""

_LONGEST_PATH = 300
"""The most characters of a path in a message."""


def as_path(path: object, error: type[NNFrameError] = ConfigurationError) -> Path:
    """Return a path that was given as text or as ``os.PathLike[str]``.

    Args:
        path: What the user gave.
        error: What is raised if it is no path.

    >>> as_path("runs/digits.safetensors").name
    'digits.safetensors'
    >>> as_path(b"digits.safetensors")
    Traceback (most recent call last):
    nnframe.errors.ConfigurationError: b'digits.safetensors' cannot be used: a path is text or os.PathLike; ...
    """
    return Path(as_path_text(path, error))


def as_path_text(path: object, error: type[NNFrameError] = ConfigurationError) -> str:
    """Return the text of a path as it was given, which ``Path`` may write in another way."""
    try:
        text = os.fspath(path)  # type: ignore[call-overload]  # what is no path is what this is about
    except TypeError as cause:
        raise error(_refuse(path, error)) from cause
    if not isinstance(text, str):
        raise error(f"{_refuse(path, error)}; os.fsdecode makes text of bytes")
    try:
        usable = b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        usable = False
    if not usable:
        raise error(f"{_refuse(path, error)}, and holds only characters that the name of a file can hold")
    return text


def _refuse(path: object, error: type[NNFrameError]) -> str:
    return f"{quote(path)} cannot be {_USES.get(error, 'read')}: a path is text or os.PathLike"


def require_regular_file(path: object, error: type[NNFrameError]) -> Path:
    """Return the path of a file that can be read from its start to its end: no folder, pipe or device.

    Args:
        path: What the user gave.
        error: What is raised if it is no such file.
    """
    file = as_path(path, error)
    try:
        mode = file.stat().st_mode
    except OSError as cause:
        raise error(f"{show_path(file)} cannot be read: {cause.strerror or cause}") from cause
    if not stat.S_ISREG(mode):
        kinds = {stat.S_IFDIR: "folder", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
        kind = kinds.get(stat.S_IFMT(mode), "device")
        raise error(f"{show_path(file)} cannot be read: it is a {kind}, and no regular file")
    return file


def show_path(path: object) -> str:
    """Return a path as messages show it: on one line, and the middle of a very long one left out.

    >>> show_path("runs/digits.safetensors")
    'runs/digits.safetensors'
    """
    return make_line(str(path), _LONGEST_PATH)


def read_bytes(path: object, error: type[NNFrameError], most: int | None = None) -> bytes:
    """Return the content of a regular file.

    Args:
        path: What the user gave.
        error: What is raised if it cannot be read, or is too large.
        most: How many bytes it may have; None for any number.
    """
    file = require_regular_file(path, error)
    try:
        with open(file, "rb", opener=_open_without_waiting) as stream:
            content: bytes | None = stream.read(-1 if most is None else most + 1)
    except (OSError, MemoryError) as cause:
        raise error(
            f"{show_path(file)} cannot be read: {getattr(cause, 'strerror', None) or str(cause) or 'no memory'}"
        ) from cause
    if content is None:
        raise error(f"{show_path(file)} cannot be read: its end has not been written yet, as in a device")
    if most is not None and len(content) > most:
        raise error(f"{show_path(file)} has more than {most:,} bytes, the most that is read")
    return content


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file so that reading never waits: some files of Linux's /proc call themselves regular, and have no end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_text(path: object, what: str, most: int, error: type[NNFrameError]) -> str:
    """Return a whole text file in UTF-8.

    Args:
        path: What the user gave.
        what: What the file is to be, for messages.
        most: How many bytes it may have.
        error: What is raised if it cannot be read, is too large, or no UTF-8.
    """
    file = as_path(path, error)
    content = read_bytes(file, error, most)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise error(f"{show_path(file)} is no {what}: {cause}") from cause
