"""Writes files that are there whole or not at all, whatever happens on the way."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from nnframe.errors import SaveError
from nnframe.interruption import DeferredInterrupt
from nnframe.paths import show_path
from nnframe.persistence.leftovers import SUFFIX, lock, prefix, remove_leftovers
from nnframe.text import make_line

__all__ = ["replace_file"]

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of disk space is used up",
    errno.EFBIG: "the file would be larger than files may be here",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "the permission is missing",
    errno.EPERM: "the permission is missing",
    errno.ENOENT: "the folder does not exist",
    errno.ENOTDIR: "a part of the path is no folder",
    errno.ENAMETOOLONG: "the name is too long",
}
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EBADF}


def replace_file(path: str | PathLike[str], write: Callable[[BinaryIO], None], check: Callable[[Path], None]) -> None:
    """Write a file under a temporary name in the same folder, check it, and give it its name.

    Readers see the old file or the new one, never a part. If anything fails the old file is untouched.

    Args:
        path: The file; where it is a symbolic link, what that leads to.
        write: Writes the content.
        check: Reads the temporary file back, and raises if it is not what it should be.

    Raises:
        SaveError: The file cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))
        special = target.exists() and not target.is_file()
    except (OSError, ValueError) as cause:
        raise SaveError(f"{show_path(path)} cannot be written: {make_line(str(cause), 300)}") from cause
    if special:
        raise SaveError(f"{show_path(path)} cannot be written: it is no regular file")
    temporary = target.with_name(f"{prefix(target)}{secrets.token_hex(4)}{SUFFIX}")
    interrupt = DeferredInterrupt()

    def replace() -> None:
        try:
            remove_leftovers(target)
            _write_temporary(temporary, target, write)
            check(temporary)
            interrupt.release()  # what a handler raised and code in between swallowed may have changed the content
            temporary.replace(target)
            _sync_folder(target.parent)
        except SaveError:
            raise
        except OSError as cause:
            reason = _REASONS.get(cause.errno or 0, cause.strerror or str(cause))
            raise SaveError(
                f"{show_path(path)} cannot be written: {reason} ({make_line(str(cause), 300)}). What was there "
                "before is untouched"
            ) from cause

    def remove_temporary() -> None:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)

    interrupt.run(replace, cleanup=remove_temporary)


def _write_temporary(temporary: Path, target: Path, write: Callable[[BinaryIO], None]) -> None:
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(descriptor, "wb") as stream:
        lock(descriptor)
        with suppress(OSError):
            temporary.chmod(target.stat().st_mode & 0o777)
        write(stream)
        stream.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut; some file systems do so by themselves and refuse to be asked."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as cause:
        if cause.errno not in _NO_FOLDER_SYNC:
            raise SaveError(
                f"{show_path(folder)}: the file was written whole, but the disk did not confirm that it will survive "
                f"a power cut ({cause.strerror or cause})"
            ) from cause
