"""How much memory a process has needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["Growth", "growth"]

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Growth:
    """How many bytes more than before were resident at the highest."""

    bytes = 0


def _read(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", STATUS.read_text())
    assert found
    return int(found[1]) * 1024


@contextmanager
def growth() -> Iterator[Growth]:
    """Measure the highest resident size inside the block, over that at its beginning; skips where that is not known."""
    try:
        RESET.write_text("5")
    except OSError:
        pytest.skip("this system does not say how much memory a process has needed")
    before, measured = _read("VmRSS"), Growth()
    yield measured
    measured.bytes = _read("VmHWM") - before
