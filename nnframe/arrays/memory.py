"""Memory that is freed and soon needed again.

The arrays of a training step are freed at its end and needed again at the next. The C library of most Linux systems
(glibc) gives freed memory back to the system when more than a little of it is free, and gets it again page by page,
each page zeroed and mapped at its first touch: measured, that was a third of a convolutional network's time. How much
it keeps it learns from what it is asked for: twice the largest array that was ever freed, of 32 MiB at most
(mallopt(3), M_MMAP_THRESHOLD and M_TRIM_THRESHOLD). So an array of that size is made once, and let go of untouched.

Where memory is managed in another way, or ``MALLOC_TRIM_THRESHOLD_`` in the environment fixes how much is kept, this
does nothing.
"""

from __future__ import annotations

import numpy as np

__all__ = ["keep_freed_memory"]

_LARGEST = (32 << 20) - (64 << 10)
"""Bytes of the largest array that glibc learns from, less what it adds of its own."""


def keep_freed_memory() -> None:
    """Let the process keep up to 64 MiB of freed memory for the next step. It takes some microseconds."""
    np.empty(_LARGEST, np.uint8)
