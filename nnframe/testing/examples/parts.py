"""parts_of(): parts of a class, where the options that it needs can be guessed from their types."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from nnframe import registry
from nnframe.errors import NNFrameError
from nnframe.interfaces import Activation, AnyLayer, Initializer, Loss, Optimizer, Part, Schedule

__all__ = ["parts_of"]

PLAIN: dict[object, tuple[object, ...]] = {
    bool: (True,),
    int: (2, 3, 4, 1),
    float: (0.5, 0.1, 2.0),
    str: ("name",),
    Path: (Path("written-by-the-kit"),),
    NoneType: (None,),
}
NAMES: dict[type, tuple[str, ...]] = {
    Activation: ("tanh",),
    Initializer: ("normal",),
    Loss: ("mse",),
    Optimizer: ("sgd",),
    Schedule: ("constant",),
}
MOST = 200


def parts_of(cls: type) -> Iterator[Part]:
    """Yield parts of a class, each made from other values of the options that it needs, where it accepts them.

    >>> from nnframe.layers import Dense
    >>> next(parts_of(Dense))
    Dense(units=2, use_bias=True, weight_initializer=GlorotUniform(), bias_initializer=Zeros())
    """
    needed = [each for each in attrs.fields(cls) if each.init and each.default is attrs.NOTHING]
    hints = _hints(cls)
    guesses = [_values(hints.get(each.name)) for each in needed]
    for values in itertools.islice(itertools.product(*guesses), MOST):
        options = {str(each.alias): value for each, value in zip(needed, values, strict=True)}
        try:
            yield cls(**options)
        except (NNFrameError, TypeError, ValueError):
            if not needed:
                raise


def _hints(cls: type) -> dict[str, object]:
    try:
        return dict(get_type_hints(cls))
    except (NameError, TypeError, AttributeError):
        return {}


def _values(hint: object) -> Sequence[object]:
    plain, arguments = get_origin(hint) or hint, get_args(hint)
    if plain in PLAIN:
        return PLAIN[plain]
    if plain is Literal:
        return arguments
    if plain in (Union, UnionType):
        return [value for member in arguments for value in _values(member)]
    if plain in (tuple, list, Sequence) and arguments:
        return _sequences(arguments)
    if isinstance(plain, type) and issubclass(plain, Part):
        return _parts(plain)
    return (2, 0.5)


def _sequences(arguments: tuple[Any, ...]) -> list[object]:
    if arguments[-1] is Ellipsis or len(arguments) == 1:
        first, second = _values(arguments[0]), _values(arguments[0])  # of two layers, each is an object of its own
        return [*((member,) for member in first), *zip(first, second, strict=True)]
    return list(itertools.islice(itertools.product(*map(_values, arguments)), 10))


def _parts(kind: type[Part]) -> list[object]:
    if issubclass(kind, AnyLayer):
        from nnframe.layers import Dense

        return [Dense(4), *_recurrent()]
    names = next((names for base, names in NAMES.items() if issubclass(base, kind) or issubclass(kind, base)), ())
    known = registry.kind_of(kind)
    return [next(parts_of(known.get(name))) for name in names if name in known]


def _recurrent() -> list[object]:
    return [registry.layers.create("gru", units=4)] if "gru" in registry.layers else []
