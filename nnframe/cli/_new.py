"""nnframe plugins new: a distribution with one part, which installs and is green at once."""

from __future__ import annotations

import keyword
import os
import re
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from attrs import frozen

from nnframe import registry
from nnframe.errors import ConfigurationError, SaveError
from nnframe.interfaces.part import did_you_mean
from nnframe.paths import show_path
from nnframe.registry.distribution import canonical
from nnframe.text import make_printable

__all__ = ["Plan", "new"]

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
LONGEST = 100


@frozen
class Plan:
    """What is to be written.

    Attributes:
        distribution: The name of the distribution: ``nnframe-swishish``.
        kind: The kind of its part.

    >>> plan = Plan("nnframe-swishish", "activation")
    >>> plan.module, plan.class_name, plan.part
    ('nnframe_swishish', 'Swishish', 'swishish')
    """

    distribution: str
    kind: str

    @property
    def module(self) -> str:
        """The package that is imported."""
        return canonical(self.distribution).replace("-", "_")

    @property
    def part(self) -> str:
        """The name that the part is registered under."""
        return self.module.removeprefix("nnframe_")

    @property
    def class_name(self) -> str:
        """The name of the class."""
        return "".join(word.capitalize() for word in self.part.split("_"))

    def check(self) -> None:
        """Refuse names that cannot be used.

        Raises:
            ConfigurationError: The message says which, and why.
        """
        if self.kind not in registry.KINDS:
            raise ConfigurationError(
                f"there is no kind {self.kind!r:.60}{did_you_mean(self.kind[:60], registry.KINDS)}"
            )
        if not NAME.fullmatch(self.distribution) or len(self.distribution) > LONGEST:
            raise ConfigurationError(
                f"a distribution has a name of letters, digits, '-', '_' and '.', at most {LONGEST}, got "
                f"{self.distribution!r:.80}"
            )
        for name in (self.module, self.part, self.class_name):
            if not name.isidentifier() or keyword.iskeyword(name):
                raise ConfigurationError(f"{self.distribution!r} gives the name {name!r}, which Python cannot use")
        if self.module == "nnframe" or self.module in sys.stdlib_module_names:
            raise ConfigurationError(f"{self.distribution!r} gives the module {self.module!r}, which is there already")
        if re.search(rf"\b{self.class_name}\b", _template(f"{self.kind}.py")):
            raise ConfigurationError(f"{self.class_name!r} is what the class would be called, and is taken: add a word")
        if self.part in registry.KINDS[self.kind]:
            owner = registry.KINDS[self.kind].find(self.part).distribution
            raise ConfigurationError(f"{owner} has {_a(self.kind)} {self.part!r} already: choose another name")

    def files(self) -> dict[str, str]:
        """Return the text of every file by its path."""
        words = {
            "distribution": self.distribution,
            "module": self.module,
            "class_name": self.class_name,
            "part": self.part,
            "plural": registry.KINDS[self.kind].plural,
            "a_kind": _a(self.kind),
        }
        sources = {
            "pyproject.toml": "pyproject.toml",
            "README.md": "README.md",
            f"src/{self.module}/__init__.py": f"{self.kind}.py",
            f"tests/test_{self.part}.py": "test.py",
        }
        written = {path: Template(_template(source)).substitute(words) for path, source in sources.items()}
        return {**written, f"src/{self.module}/py.typed": ""}


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aio" else f"a {kind}"


def _template(name: str) -> str:
    return (files("nnframe.cli") / "_templates" / f"{name}.template").read_text(encoding="utf-8")


def new(
    name: Annotated[str, typer.Argument(help="The name of the distribution, such as nnframe-swishish.")],
    kind: Annotated[str, typer.Option(help="What it brings: layer, activation, loss, ...")],
    folder: Annotated[Path, typer.Option(help="Where its folder is made.")] = Path(),
) -> int:
    """Write a plugin: a distribution with one part, its entry point and a test, which installs and is green at once.

    Exits with 0: it is written; 3: it is not, and nothing is left of it.
    """
    plan = Plan(name, kind)
    plan.check()
    home = folder / name
    if not folder.is_dir():
        raise ConfigurationError(
            f"there is no folder {show_path(folder)}: --folder names where the plugin's own folder is made"
        )
    if os.path.lexists(home):
        raise ConfigurationError(f"{home} is there already, and nothing is overwritten: choose another name or folder")
    _write(plan.files(), home)
    shown = make_printable(str(home))
    typer.echo(f"{shown} is written: {_a(kind)} {plan.class_name}, to be found as {plan.part!r}. Next:\n")
    typer.echo(f"    pip install -e '{shown}[test]'\n    pytest '{shown}'")
    return 0


def _write(texts: Mapping[str, str], home: Path) -> None:
    """Write a folder whole or not at all: it is made under another name, and gets its own last."""
    try:
        with TemporaryDirectory(prefix=".nnframe-new-", dir=home.parent) as temporary:
            made = Path(temporary) / home.name
            for path, text in texts.items():
                (made / path).parent.mkdir(parents=True, exist_ok=True)
                (made / path).write_text(text, encoding="utf-8")
            made.rename(home)
    except OSError as cause:
        raise SaveError(f"{home} cannot be written: {cause.strerror or cause}; nothing of it is left") from cause
