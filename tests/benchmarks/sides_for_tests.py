"""Sides that show what the mechanism of the benchmarks does with a side."""

from __future__ import annotations

import importlib
import os
import time
from pathlib import Path

from tests.benchmarks.side import Work

__all__ = ["build_failure", "build_importer", "build_note", "build_sleeper"]


def build_note(path: str, text: str) -> Work:
    """Write a line into a file, when it is built."""
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{text} {os.getpid()}\n")
    return Work(lambda: None)


def build_importer(module: str) -> Work:
    """Import a module, and tell where it came from and which threads are allowed."""
    found = importlib.import_module(module)
    threads = {name: value for name, value in os.environ.items() if name.endswith("_THREADS")}
    return Work(lambda: None, facts=lambda: {"file": found.__file__, "threads": threads})


def build_sleeper(seconds: float, steps: float) -> Work:
    """Sleep."""
    return Work(lambda: time.sleep(seconds), steps=steps)


def build_failure(text: str) -> Work:
    """Raise an error."""
    raise ValueError(text)
