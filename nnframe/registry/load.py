"""load(): imports the part that an entry names, or says who is to blame and why."""

from __future__ import annotations

from importlib import import_module

from attrs import frozen

from nnframe.errors import BrokenPartError, ContractError
from nnframe.interfaces import Part
from nnframe.interfaces.part import check_part_class, did_you_mean
from nnframe.registry.distribution import Distribution
from nnframe.registry.entry import Entry
from nnframe.text import make_line, quote

__all__ = ["Fault", "check_contract", "explain", "find_part", "load"]


@frozen
class Fault:
    """Why an entry cannot be used.

    Attributes:
        reason: What is wrong, without what the entry says itself.
        stale: Whether the entry's own module is gone, as after a half-done uninstall.
    """

    reason: str
    stale: bool = False


class _NoAttributeError(Exception):
    """A module does not have what an entry says that it has, or an entry does not say what that is."""


def load(entry: Entry, contract: type[Part]) -> type[Part]:
    """Import the class that ``entry`` names.

    Whatever the code of a plugin raises meanwhile is that plugin's fault, ``SystemExit`` and ``GeneratorExit``
    included. Only a ``KeyboardInterrupt`` passes: it cannot be told from the user's, which must not be lost.

    Args:
        entry: Where the class is.
        contract: What it has to be a subclass of.

    Raises:
        BrokenPartError: It cannot be imported, or breaks the contract; the message says which distribution.
    """
    try:
        return find_part(entry, import_module(entry.module) if entry.module else None, contract)
    except KeyboardInterrupt:
        raise
    except BaseException as cause:
        what = f"{quote(entry.name)} of {entry.distribution} ({make_line(entry.value, 80)})"
        reason = explain(entry.module, entry.distribution, cause).reason
        raise BrokenPartError(f"{what} cannot be used: {reason}") from cause


def find_part(entry: Entry, module: object, contract: type[Part]) -> type[Part]:
    """Return the class that ``entry`` names in its module; raises what ``explain`` explains."""
    name, attribute = entry.reference
    if not attribute:
        raise _NoAttributeError(f"{quote(entry.value)} is not 'module:Class'")
    found = module
    for step in attribute.split("."):
        try:
            found = getattr(found, step)
        except AttributeError as cause:
            near = did_you_mean(step, _list_classes(module))
            raise _NoAttributeError(f"{make_line(name, 80)} has no {quote(attribute)}{near}") from cause
    return check_contract(found, contract)


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


def _list_classes(module: object) -> list[str]:
    try:
        return [str(name) for name, value in vars(module).items() if isinstance(value, type)]
    except Exception:  # A module may put any object in its place.
        return []


def explain(module: str, owner: Distribution, cause: BaseException) -> Fault:
    """Return what was wrong with a part when its module was imported, or it was looked for there."""
    if type(cause) is _NoAttributeError:
        return Fault(str(cause))
    if issubclass(type(cause), ContractError):
        return Fault(f"it breaks the contract of its kind: {_tell(cause)}")
    reason, missing = f"{_name_class(cause)}: {_tell(cause)}", _find_missing(cause)
    stale = bool(missing) and _is_within(module, missing)
    if stale:
        reason += f". Its module is gone: install {owner.name} again, or uninstall it"
    elif missing and not _is_within(missing, module.partition(".")[0]):
        reason += f". {owner.name} needs a package that is not installed"
    return Fault(reason, stale)


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
