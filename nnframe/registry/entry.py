"""Entry: that a distribution claims a name for a part, read without importing anything."""

from __future__ import annotations

import re

from attrs import frozen

from nnframe.registry.distribution import Distribution

__all__ = ["ALIASES", "PREFIX", "Entry"]

PREFIX = "nnframe."
"""What every group of nnframe's entry points begins with."""

ALIASES = ".aliases"
"""What a group of aliases ends with: ``nnframe.activations.aliases``."""

_REFERENCE = re.compile(r"(?P<module>\w[\w.]*)\s*:\s*(?P<attribute>\w[\w.]*)\s*(\[.*\])?")


@frozen
class Entry:
    """A name, what it stands for, and who says so.

    Attributes:
        group: The entry-point group, for example ``"nnframe.activations"``.
        name: The name of the part.
        value: Where the part is, ``"module:Class"``; of an alias, the name that it stands for.
        distribution: Who brings it.

    >>> entry = Entry("nnframe.activations", "relu", "nnframe_relu:ReLU", Distribution("nnframe-relu", "0.1.0"))
    >>> entry.module, entry.attribute, entry.qualified
    ('nnframe_relu', 'ReLU', 'nnframe-relu:relu')
    """

    group: str
    name: str
    value: str
    distribution: Distribution

    @property
    def reference(self) -> tuple[str, str]:
        """The module and the attribute, read from the value at once."""
        match = _REFERENCE.fullmatch(self.value)
        return (match["module"], match["attribute"]) if match else ("", "")

    @property
    def module(self) -> str:
        """The module that has the part; empty where the value is not ``module:Class``."""
        return self.reference[0]

    @property
    def attribute(self) -> str:
        """What the part is called in its module; empty where the value is not ``module:Class``."""
        return self.reference[1]

    @property
    def qualified(self) -> str:
        """The name with its distribution, which chooses among several that claim the name."""
        return f"{self.distribution.name}:{self.name}"
