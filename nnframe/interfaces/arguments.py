"""Arguments of a part's method: what is no array of numbers is named, where the method fails for it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from nnframe.errors import DtypeError, NNFrameError
from nnframe.interfaces.builder import describe
from nnframe.text import make_line

__all__ = ["name_wrong_arguments"]

_FAILURES = (AttributeError, TypeError, ValueError, LookupError)


def name_wrong_arguments(cls: type, method: str, arrays: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Let a method that fails on an argument that is no array of numbers raise an error that names it.

    Arguments are looked at only after a failure: training pays nothing, and arrays of any library pass.

    Args:
        cls: The class, as it is when its first object is made: ``attrs`` has finished it.
        method: The name of the method.
        arrays: Its arguments that are arrays of numbers.
        optional: Those that may be None as well.

    >>> class Half:
    ...     def forward(self, prediction):
    ...         return prediction.mean()
    >>> name_wrong_arguments(Half, "forward", ("prediction",))
    >>> Half().forward([1.0, 2.0])
    Traceback (most recent call last):
    nnframe.errors.DtypeError: Half.forward expects arrays of numbers, and its prediction is list: ...
    """
    owner = next((base for base in cls.__mro__ if method in base.__dict__), cls)
    function: Callable[..., Any] = owner.__dict__[method]
    if hasattr(function, "__wrapped__"):
        return
    signature = inspect.signature(function)

    @wraps(function)
    def explained(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except NNFrameError:
            raise
        except _FAILURES as cause:
            try:
                given = signature.bind(*arguments, **options).arguments
            except TypeError:
                given = {}
            given = {name: given[name] for name in (*arrays, *optional) if name in given}
            wrong = [
                f"its {name} is {describe(value)}"
                for name, value in given.items()
                if not (_is_array(value) or (value is None and name in optional))
            ]
            if not wrong:
                raise
            raise DtypeError(
                f"{type(arguments[0]).__name__}.{method} expects arrays of numbers, and {' and '.join(wrong)}: "
                f"make arrays with numpy.asarray ({make_line(f'{type(cause).__name__}: {cause}', 100)})"
            ) from cause

    setattr(owner, method, explained)


def _is_array(value: object) -> bool:
    dtype = getattr(value, "dtype", None)
    return hasattr(value, "shape") and dtype is not None and getattr(dtype, "kind", "f") in "fiub"
