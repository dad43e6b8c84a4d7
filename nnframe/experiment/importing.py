"""An object in a module, by the name that a user gives to the command: ``module:object`` or ``file.py:object``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from nnframe.errors import SpecError
from nnframe.interfaces.part import did_you_mean

__all__ = ["import_object"]


def import_object(target: str) -> object:
    """Import an object: ``package.module:name``, ``module:Class.attribute``, or ``folder/file.py:name``.

    Modules in the working folder are found, and those beside a file that is named.

    Raises:
        SpecError: The name is not of this form, the module cannot be found, or it has no such object.
        Exception: Whatever the module raises while it is imported.

    >>> import_object("nnframe.layers:Dense").__name__
    'Dense'
    >>> import_object("nnframe.layers:Dnse")
    Traceback (most recent call last):
    nnframe.errors.SpecError: nnframe.layers has no 'Dnse': did you mean 'Dense'?
    """
    source, _, names = target.rpartition(":")
    folder, module = _locate(source)
    steps = names.split(".")
    if not all(step.isidentifier() for step in (*module.split("."), *steps)):
        raise SpecError(f"expected module:object, such as my_package.layers:MyLayer, got {target!r:.80}")
    if sys.path[:1] != [folder]:
        sys.path.insert(
            0, folder
        )  # a command has not the working folder on its path, where people keep what they write
    try:
        value: object = importlib.import_module(module)
    except ImportError as cause:
        raise SpecError(f"the module {module!r} cannot be imported: {cause}") from cause
    if source.endswith(".py") and Path(getattr(value, "__file__", None) or "").resolve() != Path(source).resolve():
        raise SpecError(f"{source:.80} has the name of another module, {module!r}: give it a name of its own")
    for step in steps:
        if not hasattr(value, step):
            raise SpecError(f"{module} has no {step!r}{_suggest(step, value)}")
        value = getattr(value, step)
    return value


def _locate(source: str) -> tuple[str, str]:
    """Return the folder to look in and the module's name; that of a file is its stem."""
    if source.endswith(".py"):
        path = Path(source)
        if not path.is_file():
            raise SpecError(f"{source:.80} is no file")
        return str(path.parent), path.stem
    return "", source


def _suggest(step: str, value: object) -> str:
    known = [name for name in dir(value) if not name.startswith("_")]
    return did_you_mean(step, known) if len(known) <= 200 and len(step) <= 100 else ""
