"""Text files that users name: regular ones of a bounded size, in UTF-8."""

from __future__ import annotations

import os
import stat
from os import PathLike

from nnframe.errors import SpecError

__all__ = ["read_text"]


def read_text(path: str | PathLike[str], what: str, most: int) -> str:
    """Read a whole text file.

    Args:
        path: Where it is.
        what: What it is to be, for messages.
        most: How many bytes it may have.

    Raises:
        SpecError: It cannot be read, is a folder, a pipe or a device (which may never end), too large, or no UTF-8.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
            kind = os.fstat(stream.fileno())
            if not stat.S_ISREG(kind.st_mode):
                raise SpecError(f"{path} cannot be read: it is no regular file")
            content = stream.read(most + 1)
    except OSError as cause:
        raise SpecError(f"{path} cannot be read: {cause.strerror or cause}") from cause
    except (ValueError, TypeError) as cause:
        raise SpecError(f"{path!r:.80} is no path: {cause}") from cause
    if len(content) > most:
        raise SpecError(f"{path} has more than {most:,} bytes, the most that is read")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise SpecError(f"{path} is no {what}: {cause}") from cause
