"""Mistakes inside the mathematics, as people make them, by family. Importing this package adds them to ``FAULTS``."""

from tests.corpus.handwritten import elementwise, hidden, layers, losses, networks, normalization, sequences

__all__ = ["elementwise", "hidden", "layers", "losses", "networks", "normalization", "sequences"]
