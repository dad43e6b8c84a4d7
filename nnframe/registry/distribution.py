"""Distribution: an installed package, of which nothing is read that is not needed."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from nnframe.text import make_line

if TYPE_CHECKING:
    from importlib.metadata import Distribution as Installed

__all__ = ["SESSION", "Distribution", "Source", "UnreadableError", "canonical", "describe", "installed", "read"]

_LARGEST = 32 * 2**20
_HEADERS = 64 * 2**10
"""How much of a metadata file is read for its name and its version, which stand at the beginning."""
_LONGEST_NAME = 100
_MOST_FAILURES = 100

Source = Literal["installed", "editable", "runtime"]
"""Where a part comes from: a normal install, a checkout, or a registration in the running session."""


def canonical(name: str) -> str:
    """Return the normalised form of a distribution's name (PEP 503).

    >>> canonical("NNFrame_Cross.Entropy")
    'nnframe-cross-entropy'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


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
    claimed: str = field(default="", repr=False)
    """Another name, which its metadata give it; empty where they agree."""
    key: str = field(init=False, repr=False, eq=False)
    """The name in its canonical form."""

    @key.default
    def _make_key(self) -> str:
        return canonical(self.name)

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


class UnreadableError(Exception):
    """A metadata file cannot be read; the text says why, as a continuation of the file's name."""


def installed() -> Iterator[tuple[str, Installed]]:
    """Yield the canonical name of each distribution on the path, and the distribution, in the order of the path.

    A finder that fails hides only what it would have found.
    """
    from importlib.metadata import distributions

    found = iter(distributions())
    for _ in range(_MOST_FAILURES):
        with suppress(Exception):
            for distribution in found:
                yield _key(distribution), distribution
            return


def describe(key: str, distribution: Installed) -> Distribution:
    """Read what is worth knowing about a distribution that has something to do with nnframe."""
    headers = _read_headers(distribution)
    direct_url, location = "", ""
    with suppress(Exception):  # a distribution of somebody else's class may raise anything
        location = str(distribution.locate_file(""))
    with suppress(UnreadableError):
        direct_url = read(distribution, "direct_url.json")
    name, version = headers.get("name") or key, headers.get("version") or "unknown"
    claimed = "" if canonical(name) == key else make_line(name, _LONGEST_NAME)
    if claimed:  # whose copies hide each other goes by the folder: by no other name may parts be taken from it
        name = key
    return Distribution(
        make_line(name, _LONGEST_NAME), make_line(version, _LONGEST_NAME), location, direct_url, claimed
    )


def read(distribution: Installed, file: str) -> str:
    """Return the text of a metadata file, empty where there is none.

    Raises:
        UnreadableError: The file is no text, no file, too long, or must not be read.
    """
    raw = _read_bytes(distribution, file, _LARGEST + 1)
    if len(raw) > _LARGEST:
        raise UnreadableError(f"is longer than {_LARGEST // 2**20} MiB")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise UnreadableError("is no UTF-8 text") from cause


def _key(distribution: Installed) -> str:
    """Save reading a file: the folder of the metadata is called by the name and the version."""
    folder = str(getattr(getattr(distribution, "_path", None), "name", ""))
    stem, _, suffix = folder.rpartition(".")
    name = {"dist-info": stem.rpartition("-")[0], "egg-info": stem.partition("-")[0]}.get(suffix, "")
    return canonical(name or _read_headers(distribution).get("name") or folder)


def _read_headers(distribution: Installed) -> Mapping[str, str]:
    """Read the headers, without the email package, which takes longer to import than everything else here."""
    text = ""
    with suppress(UnreadableError):
        raw = _read_bytes(distribution, "METADATA", _HEADERS) or _read_bytes(distribution, "PKG-INFO", _HEADERS)
        text = raw.decode("utf-8", "replace")
    headers: dict[str, str] = {}
    for line in text.splitlines():
        header, colon, value = line.partition(":")
        if not colon:
            break
        headers.setdefault(header.lower(), value.strip())
    return headers


def _read_bytes(distribution: Installed, file: str, most: int) -> bytes:
    folder = getattr(distribution, "_path", None)
    try:
        if not isinstance(folder, Path):  # in an archive, or found by somebody else's finder
            return (distribution.read_text(file) or "").encode("utf-8", "surrogatepass")[:most]
        path = folder / file
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableError("is no file")  # to open a pipe would wait for somebody to write into it
        with path.open("rb") as stream:
            return stream.read(most)
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except UnreadableError:
        raise
    except Exception as cause:
        raise UnreadableError(f"cannot be read: {make_line(f'{type(cause).__name__}: {cause}', 80)}") from cause


def _is_editable(direct_url: str) -> bool:
    import json

    try:
        content = json.loads(direct_url)
    except (ValueError, RecursionError):
        return False
    folder = content.get("dir_info") if isinstance(content, dict) else None
    return isinstance(folder, dict) and folder.get("editable") is True
