"""Right functions, by family. Importing this package fills ``RIGHT``."""

from tests.faults.functions import (
    algebra,
    attention,
    broadcasting,
    convolution,
    indexing,
    linear,
    losses,
    networks,
    norms,
    pointwise,
    recurrent,
    reductions,
)

__all__ = [
    "algebra",
    "attention",
    "broadcasting",
    "convolution",
    "indexing",
    "linear",
    "losses",
    "networks",
    "norms",
    "pointwise",
    "recurrent",
    "reductions",
]
