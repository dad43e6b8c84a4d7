"""Whether a part is found by its name."""

from __future__ import annotations

from nnframe import registry
from nnframe.errors import ConformanceError, UnknownPartError
from nnframe.testing.check import NotApplicable, check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.subject import Subject

__all__ = ["registered"]


@check("is registered under its name", is_part)
def registered(subject: Subject) -> None:
    """The registry finds the class by the name that the class leads to, so that a saved model can be loaded."""
    kind, name = registry.kind_of(subject.cls), subject.candidate.name
    try:
        found = registry.registration_of(subject.cls).name
    except UnknownPartError as error:
        if name is not None:
            raise ConformanceError(f"{subject.name} is not registered as {name!r}: {error}") from error
        raise NotApplicable(f"{subject.name} is registered under no name") from error
    if name is not None and found.rpartition(":")[2] != name:
        raise ConformanceError(f"{subject.name} is registered as {found!r}, and not as {name!r}")
    if kind.get(found) is not subject.cls:
        raise ConformanceError(f"the name {found!r} leads to {kind.get(found)!r}, and not to this class")
