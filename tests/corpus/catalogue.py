"""Everything in the corpus, loaded on demand."""

from __future__ import annotations

import functools

from tests.corpus.case import RIGHT, TRICKY, Case
from tests.corpus.fault import FAULTS, Fault, Truth, truth_of
from tests.corpus.systematic import add_systematic

__all__ = ["all_faults", "correct_cases", "right_cases", "tricky_cases", "truth"]


@functools.cache
def _load() -> None:
    import tests.corpus.functions
    import tests.corpus.handwritten
    import tests.corpus.tricky  # noqa: F401

    add_systematic()


def right_cases() -> dict[str, Case]:
    """Right functions at ordinary points."""
    _load()
    return RIGHT


def tricky_cases() -> dict[str, Case]:
    """Right functions at difficult points."""
    _load()
    return TRICKY


def correct_cases() -> dict[str, Case]:
    """All right functions."""
    return {**right_cases(), **tricky_cases()}


def all_faults() -> dict[str, Fault]:
    """All mistakes."""
    _load()
    return FAULTS


@functools.cache
def truth(name: str) -> Truth:
    """What is wrong about a mistake."""
    return truth_of(all_faults()[name])
