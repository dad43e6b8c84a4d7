"""Mistakes as people make them, written by hand, by family. Importing this package adds them to ``FAULTS``."""

from tests.faults.mistakes import (
    algebra,
    broadcasting,
    hidden,
    images,
    indexing,
    linear,
    losses,
    networks,
    norms,
    pointwise,
    reductions,
    sequences,
)

__all__ = [
    "algebra",
    "broadcasting",
    "hidden",
    "images",
    "indexing",
    "linear",
    "losses",
    "networks",
    "norms",
    "pointwise",
    "reductions",
    "sequences",
]
