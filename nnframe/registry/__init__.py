"""Finds parts by name, through the entry points of installed distributions.

>>> from nnframe import registry
>>> registry.activations.create("tanh")
Tanh()
"""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names
from nnframe.registry.index import INDEX
from nnframe.registry.kind import Kind
from nnframe.registry.kind_table import KINDS, kind_of
from nnframe.registry.kinds import (
    activations,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
    schedules,
)

if TYPE_CHECKING:
    from nnframe.registry.distribution import Distribution, Source
    from nnframe.registry.entry import Entry
    from nnframe.registry.export import spec_of
    from nnframe.registry.precedence import lookup
    from nnframe.registry.registration import Registration, registration_of
    from nnframe.registry.spec import resolve

__all__ = [
    "KINDS",
    "Distribution",
    "Entry",
    "Kind",
    "Registration",
    "Source",
    "activations",
    "callbacks",
    "constraints",
    "initializers",
    "kind_of",
    "layers",
    "lookup",
    "losses",
    "metrics",
    "optimizers",
    "refresh",
    "registration_of",
    "regularizers",
    "resolve",
    "schedules",
    "spec_of",
]


def refresh() -> None:
    """Look again at what is installed, as after an upgrade in a running session; a new name is found without.

    A module that is imported already stays as it is.
    """
    INDEX.refresh()


_HOMES = {
    "Distribution": "distribution",
    "Entry": "entry",
    "Registration": "registration",
    "Source": "distribution",
    "lookup": "precedence",
    "registration_of": "registration",
    "resolve": "spec",
    "spec_of": "export",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
