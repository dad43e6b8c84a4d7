"""What the options of a pytest run say to ``assert_gradients``; imported by every pytest, so it imports nothing."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path

__all__ = ["Settings", "settings"]


class Settings:
    """The options of a run, and what the running test has verified.

    Attributes:
        seed: Of every verification that names none of its own.
        budget: Seconds for every verification that names none of its own; None for no limit.
        folder: Where reports are written; None for nowhere.
        test: What the running test is called.
        written: The files that it has written.
        seeds: The seeds that it has used, in order.
    """

    def __init__(self, seed: int = 0, budget: float | None = None, folder: Path | None = None, test: str = "") -> None:
        self.seed = seed
        self.budget = budget
        self.folder = folder
        self.test = test
        self.written: list[Path] = []
        self.seeds: list[int] = []


settings: ContextVar[Settings | None] = ContextVar("settings", default=None)
"""Those of the running test; None outside pytest."""
