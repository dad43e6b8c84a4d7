"""Ctrl-C while the command itself is imported: before there is anything to say, or to clean up."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["leave_on_interrupt"]


@contextmanager
def leave_on_interrupt() -> Iterator[None]:
    """End the process at Ctrl-C while modules are imported: an exception may get lost there, or show a traceback."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, lambda number, frame: os._exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
