"""Importing the modules of many plugins in one go, whatever they do to each other."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from importlib import import_module
from importlib.machinery import PathFinder
from typing import Any

from nnframe.text import quote

__all__ = ["Importer", "print_aside"]


class Importer:
    """Imports modules; one that fails is tried once, however many entry points name it."""

    def __init__(self) -> None:
        self._done: set[str] = set()
        self._failures: dict[str, BaseException] = {}
        self._path: tuple[str, ...] = ()
        self._on_path: frozenset[str] | None = None

    def __call__(self, module: str) -> object:
        """Return a module.

        Raises:
            BaseException: What it, or a package that it is in, raised when it was imported.
        """
        if module not in self._done:
            for package in _list_packages(module):
                self._try(package)
        return import_module(module)

    def _try(self, module: str) -> None:
        if module in self._done:
            return
        failure = self._failures.get(module)
        if failure is not None:
            raise failure.with_traceback(None)  # else the traceback would grow each time
        if self._is_nowhere(module):  # to look again costs less than to keep a hundred thousand exceptions
            raise ModuleNotFoundError(f"No module named {quote(module)}", name=module)
        try:
            import_module(module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._failures[module] = error
            raise
        self._done.add(module)

    def _is_nowhere(self, package: str) -> bool:
        """Tell, in a small part of the time that an import takes, that there is no such top-level package."""
        if "." in package or package in sys.modules:
            return False
        if self._path != tuple(sys.path):
            self._path, self._on_path = tuple(sys.path), _list_path()
        if self._on_path is None or package.casefold() in self._on_path:
            return False
        for finder in sys.meta_path:
            if finder is not PathFinder and finder.find_spec(package, None) is not None:
                return False
        return True


def _list_path() -> frozenset[str] | None:
    """Return every name, in small letters, that a folder on the path may have a module for; None if unknown."""
    names: set[str] = set()
    for folder in sys.path:
        try:
            names.update(file.name.partition(".")[0].casefold() for file in os.scandir(folder or "."))
        except (FileNotFoundError, PermissionError):
            continue
        except (OSError, TypeError, ValueError):
            return None  # an archive, for example
    return frozenset(names)


def _list_packages(module: str) -> Iterator[str]:
    """Yield the packages that a module is in, from the outside to the inside, and the module."""
    end = module.find(".")
    while end >= 0:
        yield module[:end]
        end = module.find(".", end + 1)
    yield module


@contextmanager
def print_aside() -> Iterator[None]:
    """Send to the standard error what is printed meanwhile; nothing in here can close the standard output."""
    original = sys.__stdout__
    aside = _Aside()
    with redirect_stdout(aside):
        sys.__stdout__ = aside  # type: ignore[misc, assignment]  # it is final for everybody else
        try:
            yield
        finally:
            sys.__stdout__ = original  # type: ignore[misc]


class _RawAside(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raw = bytes(data)
        _write(raw.decode("utf-8", "replace"))
        return len(raw)

    def close(self) -> None:
        """Stay open: the next plugin prints too."""


class _Aside(io.TextIOBase):
    encoding = "utf-8"

    def __init__(self) -> None:
        self.buffer = _RawAside()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        _write(text)
        return len(text)

    def close(self) -> None:
        """Stay open: the next plugin prints too."""


def _write(text: str) -> None:
    with suppress(Exception):  # the standard error may be closed, or missing
        sys.stderr.write(text)
