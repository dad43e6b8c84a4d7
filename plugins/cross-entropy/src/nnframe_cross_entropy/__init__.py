"""Cross-entropy, for one class of many and for yes or no, as losses of nnframe."""

from nnframe_cross_entropy.binary import BinaryCrossEntropy
from nnframe_cross_entropy.categorical import CrossEntropy

__all__ = ["BinaryCrossEntropy", "CrossEntropy"]
