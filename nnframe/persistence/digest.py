"""The digest of a file: every bit of it, so that what the disk or the network changed is noticed.

It is no protection against somebody who means harm: who can change a file can compute its digest again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnframe.errors import FileFormatError

if TYPE_CHECKING:
    from nnframe.persistence.header import Header

__all__ = ["BLANK", "DIGEST", "check_digest", "sealed"]

DIGEST = "digest"
"""Its name in the metadata."""

BLANK = "0" * 64
"""What stands in its place while it is computed."""

_HEXADECIMAL = re.compile("[0-9a-f]{64}")

Chunks = Iterable[NDArray[np.uint8]]


def sealed(head: bytes, chunks: Chunks) -> bytes:
    """Return the head of a file, which has a blank digest, with the digest of head and chunks."""
    return head.replace(BLANK.encode(), _digest(head, chunks).encode(), 1)


def check_digest(header: Header, chunks: Chunks) -> None:
    """Check a file against its digest; a file without one (of another program, or an old one) is not checked here.

    Raises:
        FileFormatError: The file is not as it was written.
    """
    digest = header.metadata.get(DIGEST)
    if digest is None:
        return
    if not _HEXADECIMAL.fullmatch(digest) or header.text.count(digest.encode()) != 1:
        raise FileFormatError(f"the digest must be 64 hexadecimal digits that stand in the header once: {digest!r:.80}")
    head = len(header.text).to_bytes(8, "little") + header.text.replace(digest.encode(), BLANK.encode())
    if _digest(head, chunks) != digest:
        raise FileFormatError("the file is not as it was written: its digest differs; it was damaged, or changed")


def _digest(head: bytes, chunks: Chunks) -> str:
    """SHA-256 of everything.

    >>> _digest(b"", [])[:8]
    'e3b0c442'
    """
    sha = hashlib.sha256(head)
    for chunk in chunks:
        sha.update(chunk.data)
    return sha.hexdigest()
