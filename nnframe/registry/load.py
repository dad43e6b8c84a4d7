"""load(): imports the part that an entry names, or says who is to blame and why."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from nnframe.errors import BrokenPartError, ContractError
from nnframe.interfaces import Part
from nnframe.interfaces.part import check_part_class, did_you_mean
from nnframe.registry.entry import Entry

__all__ = ["BrokenEntryError", "check_contract", "is_stale", "load"]


class BrokenEntryError(BrokenPartError):
    """The error of one entry; ``reason`` is the message without what the entry says itself."""

    reason: str = ""


def load(entry: Entry, contract: type[Part]) -> type[Part]:
    """Import the class that ``entry`` names.

    Args:
        entry: Where the class is.
        contract: What it has to be a subclass of.

    Raises:
        BrokenPartError: It cannot be imported, or breaks the contract; the message says which distribution.
    """
    if not entry.attribute:
        raise _broken(entry, f"{entry.value!r} is not 'module:Class'")
    found = _attribute(entry, _module(entry))
    try:
        return check_contract(found, contract)
    except ContractError as cause:
        raise _broken(entry, f"it breaks the contract of its kind: {cause}") from cause


def check_contract(found: object, contract: type[Part]) -> type[Part]:
    """Return ``found`` if it is a class that is written as a part of this kind must be.

    Raises:
        ContractError: It is not; the message says why.
    """
    if not isinstance(found, type):
        raise ContractError(f"expected a subclass of {contract.__name__}, got {found!r:.80}, which is no class")
    if not issubclass(found, contract):
        other = f"; it is of kind '{found.kind}'" if issubclass(found, Part) and found.kind != "part" else ""
        raise ContractError(f"{found.__qualname__} is no subclass of nnframe.interfaces.{contract.__name__}{other}")
    check_part_class(found)
    return found


def is_stale(entry: Entry, cause: BaseException | None) -> bool:
    """Tell whether an entry failed because its own module is gone, as after a half-done uninstall."""
    return isinstance(cause, ModuleNotFoundError) and _is_within(entry.module, cause.name)


def _is_within(module: str | None, package: str | None) -> bool:
    return f"{module}.".startswith(f"{package}.")


def _module(entry: Entry) -> ModuleType:
    try:
        return import_module(entry.module)
    except (Exception, SystemExit) as cause:
        reason = f"{type(cause).__name__}: {cause}"
        if is_stale(entry, cause):
            reason += f". Its module is gone: install {entry.distribution.name} again, or uninstall it"
        elif isinstance(cause, ModuleNotFoundError) and not _is_within(cause.name, entry.module.partition(".")[0]):
            reason += f". {entry.distribution.name} needs a package that is not installed"
        raise _broken(entry, reason) from cause


def _attribute(entry: Entry, module: ModuleType) -> object:
    found: object = module
    for step in entry.attribute.split("."):
        try:
            found = getattr(found, step)
        except AttributeError as cause:
            public = [name for name in vars(module) if isinstance(vars(module)[name], type)]
            raise _broken(entry, f"{entry.module} has no {entry.attribute!r}{did_you_mean(step, public)}") from cause
    return found


def _broken(entry: Entry, reason: str) -> BrokenEntryError:
    error = BrokenEntryError(f"{entry.name!r} of {entry.distribution} ({entry.value}) cannot be used: {reason}")
    error.reason = reason
    return error
