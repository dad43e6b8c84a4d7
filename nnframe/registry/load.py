"""load(): imports the part that an entry names, or says who is to blame and why."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from nnframe.errors import BrokenPartError, ContractError
from nnframe.interfaces import Part
from nnframe.interfaces.part import check_part_class, did_you_mean
from nnframe.registry.entry import Entry
from nnframe.text import make_line, quote

__all__ = ["BrokenEntryError", "check_contract", "load"]


class BrokenEntryError(BrokenPartError):
    """The error of one entry.

    Attributes:
        reason: The message without what the entry says itself.
        stale: Whether the entry's own module is gone, as after a half-done uninstall.
    """

    reason: str = ""
    stale: bool = False


class _NoAttributeError(Exception):
    """A module does not have what an entry says that it has."""


def load(entry: Entry, contract: type[Part], import_: Callable[[str], object] = import_module) -> type[Part]:
    """Import the class that ``entry`` names.

    Whatever the code of a plugin raises meanwhile is that plugin's fault, ``SystemExit`` and ``GeneratorExit``
    included. Only a ``KeyboardInterrupt`` passes: it cannot be told from the user's, which must not be lost.

    Args:
        entry: Where the class is.
        contract: What it has to be a subclass of.
        import_: Imports a module.

    Raises:
        BrokenPartError: It cannot be imported, or breaks the contract; the message says which distribution.
    """
    if not entry.attribute:
        raise _broken(entry, f"{quote(entry.value)} is not 'module:Class'")
    try:
        return check_contract(_find_attribute(entry, import_(entry.module)), contract)
    except KeyboardInterrupt:
        raise
    except BaseException as cause:
        raise _explain(entry, cause) from cause


def check_contract(found: object, contract: type[Part]) -> type[Part]:
    """Return ``found`` if it is a class that is written as a part of this kind must be.

    Raises:
        ContractError: It is not; the message says why.
    """
    if not isinstance(found, type):
        raise ContractError(f"expected a subclass of {contract.__name__}, got {quote(found)}, which is no class")
    if not issubclass(found, contract):
        other = f"; it is of kind '{found.kind}'" if issubclass(found, Part) and found.kind != "part" else ""
        raise ContractError(f"{found.__qualname__} is no subclass of nnframe.interfaces.{contract.__name__}{other}")
    check_part_class(found)
    return found


def _find_attribute(entry: Entry, module: object) -> object:
    found = module
    for step in entry.attribute.split("."):
        try:
            found = getattr(found, step)
        except AttributeError as cause:
            near = did_you_mean(step, _list_classes(module))
            raise _NoAttributeError(f"{make_line(entry.module, 80)} has no {quote(entry.attribute)}{near}") from cause
    return found


def _list_classes(module: object) -> list[str]:
    try:
        return [str(name) for name, value in vars(module).items() if isinstance(value, type)]
    except Exception:  # A module may put any object in its place.
        return []


def _explain(entry: Entry, cause: BaseException) -> BrokenEntryError:
    if type(cause) is _NoAttributeError:
        return _broken(entry, str(cause))
    if issubclass(type(cause), ContractError):
        return _broken(entry, f"it breaks the contract of its kind: {_tell(cause)}")
    reason, owner, missing = f"{_name_class(cause)}: {_tell(cause)}", entry.distribution.name, _find_missing(cause)
    stale = bool(missing) and _is_within(entry.module, missing)
    if stale:
        reason += f". Its module is gone: install {owner} again, or uninstall it"
    elif missing and not _is_within(missing, entry.module.partition(".")[0]):
        reason += f". {owner} needs a package that is not installed"
    error = _broken(entry, reason)
    error.stale = stale
    return error


def _find_missing(cause: BaseException) -> str:
    """Return the name of the module that an import did not find; empty where it failed for another reason."""
    name: object = vars(ImportError)["name"].__get__(cause) if issubclass(type(cause), ModuleNotFoundError) else ""
    return name if type(name) is str else ""


def _is_within(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def _tell(cause: BaseException) -> str:
    """Return what an exception says, whatever it does when it is asked."""
    try:
        return make_line(str.__str__(str(cause)), 300)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return f"(its text cannot be had: str() of it raised {_name_class(error)})"


def _name_class(error: BaseException) -> str:
    return make_line(type.__getattribute__(type(error), "__name__"), 80)


def _broken(entry: Entry, reason: str) -> BrokenEntryError:
    error = BrokenEntryError(
        f"{quote(entry.name)} of {entry.distribution} ({make_line(entry.value, 80)}) cannot be used: {reason}"
    )
    error.reason = reason
    return error
