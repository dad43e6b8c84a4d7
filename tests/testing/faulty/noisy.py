"""A module that talks while it is imported."""

from attrs import frozen

from nnframe.arrays import Array
from nnframe.interfaces import Elementwise

print("the best activation of all was loaded")


@frozen
class Loud(Elementwise):
    """y = 2x."""

    def value(self, x: Array) -> Array:
        return 2 * x

    def derivative(self, x: Array, y: Array) -> Array:
        return 2 + 0 * x
