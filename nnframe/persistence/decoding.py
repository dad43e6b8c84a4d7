"""From JSON and arrays back to states: the inverse of ``encode``, which makes no object that was not there before.

A file names no class. What has fields is read into the object that stands at the same place in a state that has just
been started, or into a class that the annotation of its field names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args, get_type_hints

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from nnframe.errors import FileFormatError
from nnframe.persistence.annotations import check_annotation
from nnframe.persistence.encoding import fields_of

__all__ = ["Decoder"]

_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
_NUMBERS = ("nan", "inf", "-inf")


@frozen(eq=False)
class Decoder:
    """Reads states; ``arrays`` are those of the file.

    >>> Decoder({"a": np.ones(2)}).decode({"tuple": [1, {"array": "a"}]})
    (1, array([1., 1.]))
    """

    arrays: Mapping[str, NDArray[Any]]

    def decode(self, value: object, fresh: object = None, hint: object = None) -> object:
        """Return the state that was encoded.

        Args:
            value: The JSON.
            fresh: What stands at this place in a state that has just been started. An array of the same shape and
                dtype is filled and kept, so that whoever else holds it sees the values.
            hint: What the annotation says, for attrs classes where ``fresh`` is none.

        Raises:
            FileFormatError: The JSON is not what ``encode`` returns, or does not fit.
        """
        if isinstance(value, list):
            return [self.decode(each, _at(fresh, index), hint) for index, each in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if len(value) != 1:
            raise FileFormatError(f"a state has the keys {sorted(value)!r:.80} where one is expected")
        ((kind, content),) = value.items()
        if kind in ("array", "scalar"):
            return self._array(kind, content, fresh)
        return self._tagged(kind, content, fresh, hint)

    def _tagged(self, kind: str, content: object, fresh: object, hint: object) -> object:
        if kind == "number" and content in _NUMBERS:
            return float(str(content))
        if kind == "generator":
            return _generator(self.decode(content))
        if kind == "tuple" and isinstance(content, list):
            return tuple(self.decode(each, _at(fresh, index), hint) for index, each in enumerate(content))
        if kind == "table" and isinstance(content, dict):
            return {key: self.decode(each, _get(fresh, key), hint) for key, each in content.items()}
        if kind == "fields" and isinstance(content, dict):
            return self._fields(content, fresh, hint)
        raise FileFormatError(f"a state has {kind!r:.40} with a {type(content).__name__}")

    def _array(self, kind: str, name: object, fresh: object) -> object:
        array = self.arrays.get(name) if isinstance(name, str) else None
        if array is None:
            raise FileFormatError(f"a state needs the array {name!r:.80}, which is not in the file")
        if kind == "scalar":
            return array[()]
        if not isinstance(fresh, np.ndarray) or (fresh.shape, fresh.dtype) != (array.shape, array.dtype):
            return array
        if not fresh.flags.writeable:
            return array
        fresh[...] = array
        return fresh

    def _fields(self, content: Mapping[str, object], fresh: object, hint: object) -> object:
        cls = next((each for each in (type(fresh), *_classes(hint)) if _fits(each, content)), None)
        if cls is None:
            raise FileFormatError(f"a state has the fields {sorted(content)!r:.120}, and nothing here has just these")
        template = fresh if type(fresh) is cls else None
        hints = _hints(cls)
        values = {
            name: self.decode(each, getattr(template, name, None), hints.get(name)) for name, each in content.items()
        }
        for name, value in values.items():
            check_annotation(value, hints.get(name, Any), f"{cls.__qualname__}.{name}")
        made: object = object.__new__(cls)
        for name, value in values.items():
            object.__setattr__(made, name, value)
        try:
            attrs.validate(made)  # type: ignore[arg-type]  # a class of attrs, as _fits has found
        except (TypeError, ValueError) as cause:
            raise FileFormatError(f"a state of {cls.__qualname__} cannot be: {cause!s:.200}") from cause
        return made


def _at(fresh: object, index: int) -> object:
    if isinstance(fresh, Sequence) and not isinstance(fresh, str) and index < len(fresh):
        return cast("object", fresh[index])
    return None


def _get(fresh: object, key: str) -> object:
    return cast("object", fresh.get(key)) if isinstance(fresh, Mapping) else None


def _fits(cls: type, content: Mapping[str, object]) -> bool:
    return attrs.has(cls) and set(fields_of(cls)) == set(content)


def _classes(hint: object) -> list[type]:
    """Return all classes that an annotation names, also inside unions and containers."""
    return ([hint] if isinstance(hint, type) else []) + [each for inner in get_args(hint) for each in _classes(inner)]


def _hints(cls: type) -> Mapping[str, object]:
    try:
        return get_type_hints(cls)
    except (NameError, TypeError, AttributeError):  # Names that are imported for type checkers alone.
        return {}


def _generator(state: object) -> np.random.Generator:
    name = state.get("bit_generator") if isinstance(state, dict) else None
    if name not in _GENERATORS:
        raise FileFormatError(f"a state has a random generator of the unknown kind {name!r:.40}")
    generator = np.random.Generator(getattr(np.random, name)(0))
    try:
        generator.bit_generator.state = cast("Mapping[str, Any]", state)
    except Exception as cause:  # NumPy trusts whoever hands it a state.
        raise FileFormatError(f"a state has a random generator that cannot be: {cause!s:.120}") from cause
    return generator
