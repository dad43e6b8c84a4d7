"""Right functions at points where it is hard to tell. Importing this package fills ``TRICKY``."""

from tests.faults.tricky import (
    conditioning,
    edges,
    joints,
    kinks,
    layouts,
    noise,
    precision,
    saturation,
    scales,
    shapes,
)

__all__ = [
    "conditioning",
    "edges",
    "joints",
    "kinks",
    "layouts",
    "noise",
    "precision",
    "saturation",
    "scales",
    "shapes",
]
