"""Functions with right pullbacks, by family. Importing this package fills ``RIGHT``."""

from tests.corpus.functions import (
    algebra,
    attention,
    composite,
    convolution,
    elementwise,
    linear,
    losses,
    normalization,
    recurrent,
    reductions,
)

__all__ = [
    "algebra",
    "attention",
    "composite",
    "convolution",
    "elementwise",
    "linear",
    "losses",
    "normalization",
    "recurrent",
    "reductions",
]
