"""Distribution: an installed package, of which nothing is read that is not needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

if TYPE_CHECKING:
    from importlib.metadata import Distribution as Installed

__all__ = ["SESSION", "Distribution", "Source", "canonical", "describe", "installed", "read"]

Source = Literal["installed", "editable", "runtime"]
"""Where a part comes from: a normal install, a checkout, or a registration in the running session."""


@frozen
class Distribution:
    """Who brings a part.

    Attributes:
        name: Its name, as its author writes it.
        version: Its version; ``"unknown"`` where its metadata says none.
        location: The folder that it is installed in; where it is editable, this is not the checkout.
    """

    name: str
    version: str
    location: str = ""
    _direct_url: str = field(default="", repr=False)

    @property
    def source(self) -> Source:
        """How it got here."""
        if self is SESSION:
            return "runtime"
        return "editable" if _is_editable(self._direct_url) else "installed"

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


SESSION = Distribution("this session", "")
"""Stands for the distribution of parts that were registered at run time."""


def canonical(name: str) -> str:
    """Return the normalised form of a distribution's name (PEP 503).

    >>> canonical("NNFrame_Cross.Entropy")
    'nnframe-cross-entropy'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> Iterator[tuple[str, Installed]]:
    """Yield the canonical name of each distribution on the path, and the distribution, in the order of the path."""
    from importlib.metadata import distributions

    for distribution in distributions():
        yield canonical(_name_of_folder(distribution) or _header(distribution, "Name")), distribution


def describe(key: str, distribution: Installed) -> Distribution:
    """Read what is worth knowing about a distribution that has something to do with nnframe."""
    return Distribution(
        _header(distribution, "Name") or key,
        _header(distribution, "Version") or "unknown",
        str(distribution.locate_file("")),
        read(distribution, "direct_url.json"),
    )


def read(distribution: Installed, file: str) -> str:
    """Return the text of a metadata file, empty where there is none.

    Raises:
        UnicodeDecodeError: The file is no text.
    """
    return distribution.read_text(file) or ""


def _name_of_folder(distribution: Installed) -> str:
    """Save reading a file: the folder of the metadata is called by the name and the version."""
    folder = getattr(distribution, "_path", None)
    stem, _, suffix = str(getattr(folder, "name", "")).rpartition(".")
    if suffix == "dist-info":
        return stem.rpartition("-")[0]
    return stem.partition("-")[0] if suffix == "egg-info" else ""


def _header(distribution: Installed, header: str) -> str:
    """Read one header, without the email package, which takes longer to import than everything else here."""
    try:
        text = read(distribution, "METADATA") or read(distribution, "PKG-INFO")
    except UnicodeDecodeError:
        return ""
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if not colon:
            break
        if key.lower() == header.lower():
            return value.strip()
    return ""


def _is_editable(direct_url: str) -> bool:
    import json

    try:
        content = json.loads(direct_url)
    except ValueError:
        return False
    folder = content.get("dir_info") if isinstance(content, dict) else None
    return isinstance(folder, dict) and folder.get("editable") is True
