"""Removes the temporary files of savers that were killed."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

__all__ = ["SUFFIX", "lock", "prefix", "remove_leftovers"]

SUFFIX = ".nnframe-tmp"
"""What the name of every temporary file ends with."""

_OLD_ENOUGH = 60.0


def prefix(target: Path) -> str:
    """Return what the names of the temporary files for ``target`` begin with.

    >>> prefix(Path("runs/digits.safetensors"))
    '.digits.safetensors.'
    """
    return f".{target.name[:40]}."


def lock(descriptor: int) -> bool:
    """Mark an open file as in use, as long as this process lives; false where somebody else uses it, or cannot say."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def remove_leftovers(target: Path) -> None:
    """Remove what killed processes left while they were saving ``target``: old, and used by nobody any more."""
    with suppress(OSError):
        for path in target.parent.iterdir():
            name = path.name
            if name.startswith(prefix(target)) and name.endswith(SUFFIX) and path.is_file():
                _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if time.time() - path.stat().st_mtime < _OLD_ENOUGH:
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            if lock(descriptor):
                path.unlink()
        finally:
            os.close(descriptor)
