"""Whether a part's configuration is a value: equal, copied, written down and read again."""

from __future__ import annotations

import contextlib
import copy
import json
import math
import pickle
import sys
import uuid
from collections.abc import Iterator
from typing import Any, cast

import attrs
import numpy as np

from nnframe import registry
from nnframe.errors import ConformanceError, NNFrameError, UnknownPartError
from nnframe.interfaces import Part
from nnframe.testing.check import NotApplicable, check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.subject import Subject

__all__ = ["copies", "equality", "immutable", "json_round_trip", "repr_evaluates"]


@check("its options cannot change", is_part)
def immutable(subject: Subject) -> None:
    """No option is a list, a set or an array: what a part is must not change behind its back. Use a tuple.

    A converter, ``attrs.field(converter=tuple)``, lets users write lists all the same.
    """
    for field in attrs.fields(subject.cls):
        value = getattr(subject.part, field.name)
        if isinstance(value, list | set | bytearray | np.ndarray):
            raise ConformanceError(
                f"the option {field.name!r} holds a {type(value).__name__}, which can change: make it a tuple "
                f"(attrs.field(converter=tuple))"
            )


@check("equal options make equal parts", immutable)
def equality(subject: Subject) -> None:
    """Two parts with the same options are equal and have one hash; a part equals nothing of another class."""
    part = subject.part
    again = attrs.evolve(part)
    if not part == again or part != again:
        raise ConformanceError(
            f"two {subject.name} with the same options are not equal: use @frozen, without eq=False, and options that "
            "can be compared (a lambda equals only itself)"
        )
    if part == object() or part == attrs.fields(subject.cls):
        raise ConformanceError(f"{subject.name} says that it equals something that is no {subject.name}")
    try:
        one, other = hash(part), hash(again)
    except TypeError as cause:
        raise ConformanceError(f"{subject.name} has no hash: {cause}") from cause
    if one != other:
        raise ConformanceError(f"two equal {subject.name} have different hashes")
    for option, changed in _changed(part):
        if part == changed:
            raise ConformanceError(
                f"two {subject.name} that differ in {option!r} are equal: use @frozen without eq=False"
            )


@check("repr evaluates back", equality)
def repr_evaluates(subject: Subject) -> None:
    """What Python shows of the part is the expression that makes it: logs and notebooks can be copied from."""
    part = subject.part
    names = {type(each).__qualname__.rpartition(".")[2]: type(each) for each in _parts_in(part)}
    places = {"inf": math.inf, "nan": math.nan, "np": np, **names}
    text = repr(part)
    try:
        again: object = eval(text.replace("<locals>.", "").rpartition(".<locals>.")[2], {"__builtins__": {}}, places)
    except Exception as cause:
        raise ConformanceError(f"repr gives {text:.80}, which Python cannot evaluate: leave repr to @frozen") from cause
    if again != part:
        raise ConformanceError(f"repr gives {text:.80}, which makes another part: leave repr to @frozen")


@check("copies are equal", repr_evaluates)
def copies(subject: Subject) -> None:
    """A copy, a deep copy and a pickled part equal the original: worker processes get parts by pickle."""
    part = subject.part
    if copy.copy(part) != part or copy.deepcopy(part) != part:
        raise ConformanceError(f"a copy of {subject.label} differs from it: leave out __copy__ and __reduce__")
    if not all(_reachable(type(each)) for each in _parts_in(part)):
        return  # pickle finds a class by its name in a module
    if pickle.loads(pickle.dumps(part)) != part:
        raise ConformanceError(f"{subject.label} differs from itself after pickling")


@check("its configuration survives JSON", repr_evaluates)
def json_round_trip(subject: Subject) -> None:
    """The description that model files hold, as JSON, makes an equal part again."""
    kind, part = registry.kind_of(subject.cls), subject.part
    name = f"checked-{uuid.uuid4().hex[:8]}"
    try:
        registry.registration_of(subject.cls)
        name = ""
    except UnknownPartError:
        kind.register(name)(subject.cls)
    try:
        text = json.dumps(registry.spec_of(part))
        again = kind.resolve(json.loads(text))
    except UnknownPartError as reason:
        raise NotApplicable(f"a part inside it has no name: {reason}") from reason
    finally:
        if name:
            kind.unregister(name)
    if again != part:
        raise ConformanceError(f"as JSON it is {text:.100}, from which {again!r:.100} was made")


def _reachable(cls: type) -> bool:
    return getattr(sys.modules.get(cls.__module__), cls.__qualname__, None) is cls


def _changed(part: Part) -> Iterator[tuple[str, object]]:
    """Yield parts with another value of one option, where the part accepts one that is easy to guess."""
    for field in attrs.fields(cast("type[attrs.AttrsInstance]", type(part))):
        value = getattr(part, field.name)
        if field.init and field.eq and isinstance(value, bool | int | float):
            other = not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else value / 2 + 0.125
            with contextlib.suppress(NNFrameError, TypeError, ValueError):
                changed = attrs.evolve(cast("Any", part), **{str(field.alias): other})
                if getattr(changed, field.name) != value:
                    yield field.name, changed


def _parts_in(part: object) -> Iterator[object]:
    """Yield a part and everything of attrs inside it."""
    yield part
    for field in attrs.fields(cast("type[attrs.AttrsInstance]", type(part))):
        value = getattr(part, field.name)
        for member in value if isinstance(value, tuple) else (value,):
            if attrs.has(type(member)):
                yield from _parts_in(member)
