"""Sources of the parts that the tests install."""

from __future__ import annotations

import pytest

HEAD = """
from attrs import frozen
from nnframe.interfaces import Elementwise, Function, Schedule
"""

ACTIVATION = """
@frozen
class {name}(Elementwise):
    factor: float = {factor}
    def value(self, x):
        return self.factor * x
    def derivative(self, x, y):
        return self.factor + 0 * x
"""


@pytest.fixture
def times() -> str:
    """The source of an activation ``Times``: y = 2x."""
    return HEAD + ACTIVATION.format(name="Times", factor=2.0)


@pytest.fixture
def thrice() -> str:
    """The source of another activation ``Times``: y = 3x."""
    return HEAD + ACTIVATION.format(name="Times", factor=3.0)
