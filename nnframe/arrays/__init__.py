"""The types of arrays, and the one seam to array libraries."""

from nnframe.arrays.memory import keep_freed_memory
from nnframe.arrays.namespace import Namespace, namespace
from nnframe.arrays.types import Array, Booleans, Integers, Shape

__all__ = ["Array", "Booleans", "Integers", "Namespace", "Shape", "namespace"]

keep_freed_memory()
