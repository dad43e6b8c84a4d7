"""States as JSON and arrays: what optimizers, metrics and callbacks remember, without naming a class to make.

| value | JSON |
|---|---|
| none, true, false, a whole number, a text, a finite number | itself |
| nan, inf, -inf | ``{"number": "nan"}`` |
| list | list |
| tuple | ``{"tuple": [...]}`` |
| mapping with texts as keys | ``{"table": {...}}`` |
| attrs class | ``{"fields": {...}}`` |
| array | ``{"array": "name of a tensor"}``; a NumPy scalar ``{"scalar": ...}``, its tensor having no axes |
| random generator | ``{"generator": its state}`` |
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from nnframe.errors import SaveError

__all__ = ["encode", "fields_of"]


def encode(value: object, name: str, arrays: dict[str, NDArray[Any]]) -> object:
    """Return a state as JSON; its arrays are put into ``arrays``, under names that begin with ``name``.

    Raises:
        SaveError: It holds something that no file can hold; the message says where.

    >>> arrays = {}
    >>> encode((1, np.zeros(2)), "state", arrays), list(arrays)
    ({'tuple': [1, {'array': 'state/1'}]}, ['state/1'])
    """
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"number": str(value)}
    if isinstance(value, np.ndarray | np.generic):
        arrays[name] = np.asarray(value)
        return {"array" if isinstance(value, np.ndarray) else "scalar": name}
    if isinstance(value, np.random.Generator):
        return {"generator": encode(value.bit_generator.state, name, arrays)}
    return _encode_container(value, name, arrays)


def _encode_container(value: object, name: str, arrays: dict[str, NDArray[Any]]) -> object:
    if isinstance(value, tuple | list):
        members = [encode(each, f"{name}/{index}", arrays) for index, each in enumerate(value)]
        return {"tuple": members} if isinstance(value, tuple) else members
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {"table": {key: encode(each, f"{name}/{key}", arrays) for key, each in value.items()}}
    if attrs.has(type(value)):
        return {"fields": {each: encode(getattr(value, each), f"{name}/{each}", arrays) for each in fields_of(value)}}
    raise SaveError(
        f"{name} is a {type(value).__name__}, which a checkpoint cannot hold: what is remembered during a run must "
        "be made of attrs classes, arrays, numbers, texts, lists, tuples and tables"
    )


def fields_of(value: object) -> list[str]:
    """Return the names of the fields of an attrs object, or class.

    >>> from nnframe.interfaces import Progress
    >>> fields_of(Progress())[:2]
    ['step', 'epoch']
    """
    cls: type = value if isinstance(value, type) else type(value)
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    return [field.name for field in fields]
