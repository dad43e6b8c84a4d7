"""Part: what every pluggable thing is, and the checks that catch an author's mistake where it is made."""

from __future__ import annotations

import difflib
from abc import ABCMeta
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

import attrs
import numpy as np

from nnframe.errors import ConfigurationError, ContractError, NNFrameError
from nnframe.text import find_closest, list_names, make_line, quote

__all__ = ["Part", "brief", "check_part_class", "did_you_mean"]

_checked: WeakSet[type] = WeakSet()


class PartMeta(ABCMeta):
    """Checks a part's class before its first instance, and each instance after its construction.

    A metaclass, because it is the only place that an author who forgets ``@frozen``, or ``super()``, still passes.
    """

    if not TYPE_CHECKING:  # type checkers look at ``__init__``

        def __call__(cls, *args: object, **options: object) -> object:
            if cls not in _checked:
                check_part_class(cls)
                cls.finish_class()
                _checked.add(cls)
            try:
                part = super().__call__(*args, **options)
            except NNFrameError:
                raise
            except (TypeError, ValueError) as cause:
                raise ConfigurationError(_explain(cls, cause, options)) from cause
            _refuse_arrays(part)
            return part


class Part(metaclass=PartMeta):
    """The root of all kinds: a frozen attrs class whose fields are its whole configuration.

    Equality, representation, copying and saving come from the fields. A part holds no arrays and no state.
    """

    __slots__ = ()
    kind: ClassVar[str] = "part"

    @classmethod
    def finish_class(cls) -> None:
        """Do what a kind does to each of its classes, once, before the first object is made."""


def check_part_class(cls: type) -> None:
    """Check that ``cls`` is written as a part must be.

    Raises:
        ContractError: An abstract method is missing (perhaps misspelt), the class is not decorated with
            ``attrs.frozen``, or it is decorated and not frozen.
    """
    _check_methods(cls)
    name = cls.__name__
    if "__attrs_attrs__" not in cls.__dict__:
        raise ContractError(
            f"{name} is not an attrs class, so its fields would be dropped without a word: "
            f"put @frozen (from attrs import frozen) above 'class {name}'"
        )
    if "frozen" not in getattr(cls.__setattr__, "__name__", ""):
        raise ContractError(f"{name} is not frozen: a part holds no state, so decorate it with @frozen, not @define")


def _check_methods(cls: type) -> None:
    missing = sorted(getattr(cls, "__abstractmethods__", ()))
    if not missing:
        return
    name = cls.__name__
    own = [attribute for attribute in cls.__dict__ if not attribute.startswith("__")]
    for method in missing:
        close = difflib.get_close_matches(method, own, n=1, cutoff=0.6)
        if close:
            raise ContractError(f"{name} has no method '{method}', but it has '{close[0]}': did you mean '{method}'?")
    listed = ", ".join(f"'{method}'" for method in missing)
    raise ContractError(f"{name} has no method {listed}: {_kind_of(cls)} must define it")


def _kind_of(cls: type) -> str:
    kind = getattr(cls, "kind", "part")
    return f"an {kind}" if kind[0] in "aio" else f"a {kind}"


def _explain(cls: type, cause: Exception, options: dict[str, object]) -> str:
    """Say in one line what is wrong with the options, without the long representations of attrs' validators."""
    names = [field.alias or field.name for field in attrs.fields(cls) if field.init]
    for option in options:
        if option not in names:
            return f"{cls.__name__} has no option {quote(option)}{did_you_mean(option, names)}"
    if isinstance(cause.args[0] if cause.args else None, str):
        reason = str(cause.args[0]).replace(f"{cls.__name__}.__init__()", "").strip()
    else:
        reason = str(cause)
    return f"{cls.__name__}: {make_line(reason, 300)}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return what an error message adds about names like ``word``: the likely one, or all there are."""
    names = sorted(known)
    close = find_closest(word, names)
    if close:
        return f": did you mean {quote(close)}?"
    return f": it has {list_names(names)}" if names else ": it has none"


def _refuse_arrays(part: object) -> None:
    for name in _field_names(type(part)):
        if isinstance(getattr(part, name), np.ndarray):
            raise ContractError(
                f"{type(part).__name__}.{name} is an array: a part holds its configuration only. Trained arrays "
                "belong into the parameters that 'initialize' returns; for a fixed array use a tuple"
            )


def _remember(compute: Callable[[type], tuple[str, ...]]) -> Callable[[type], tuple[str, ...]]:
    known: dict[type, tuple[str, ...]] = {}

    def remembered(cls: type) -> tuple[str, ...]:
        if cls not in known:
            known[cls] = compute(cls)
        return known[cls]

    return remembered


@_remember
def _field_names(cls: type) -> tuple[str, ...]:
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    return tuple(field.name for field in fields)


def brief(part: Part) -> str:
    """Write a part on one line: its class, and the options that are not the default ones.

    >>> from nnframe.layers import Dense
    >>> brief(Dense(16)), brief(Dense(16, use_bias=False))
    ('Dense(16)', 'Dense(16, use_bias=False)')
    """
    cls: type = type(part)
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    written = []
    for field in fields:
        value, default = getattr(part, field.name), field.default
        if not field.init or (default is not attrs.NOTHING and _same(value, default, part)):
            continue
        text = brief(value) if isinstance(value, Part) else repr(value)
        written.append(text if default is attrs.NOTHING and not field.kw_only else f"{field.alias}={text}")
    return f"{type(part).__name__}({', '.join(written)})"


def _same(value: object, default: object, part: Part) -> bool:
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        made = default.factory(part) if default.takes_self else default.factory()  # type: ignore[attr-defined]
        return bool(value == made)
    return bool(value == default)
