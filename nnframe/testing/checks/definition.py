"""Whether a class is written as a part must be."""

from __future__ import annotations

from nnframe.errors import ConformanceError
from nnframe.interfaces import Part
from nnframe.interfaces.part import check_part_class
from nnframe.registry import kind_of
from nnframe.testing.check import check
from nnframe.testing.subject import Subject

__all__ = ["is_part"]


@check("is a frozen attrs class")
def is_part(subject: Subject) -> None:
    """The class is decorated with @frozen, has every method of its kind, and can be made.

    Without the decorator attrs drops fields without a word; a part that is not frozen would hold state.
    """
    if not issubclass(subject.cls, Part):
        raise ConformanceError(f"{subject.name} is no part: derive it from a class of nnframe.interfaces")
    kind = kind_of(subject.cls)
    if not issubclass(subject.cls, kind.contract):
        raise ConformanceError(f"{subject.name} says that it is of kind {kind.singular!r}, and does not derive from it")
    check_part_class(subject.cls)
    if not isinstance(subject.part, subject.cls):
        raise ConformanceError(f"{subject.name}(...) made a {type(subject.part).__qualname__}")
