"""Write the pages and pictures of the catalogue: python docs/tools/write_catalogue.py

All that they say comes from the registry, the parts' docstrings and their options, so that they cannot tell anything
else than the code does; a test compares the committed pages with what this makes.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen
from draw_catalogue import pictures

from nnframe import registry
from nnframe.interfaces import Part
from nnframe.registry import Entry, Kind
from nnframe.registry.options import option_fields

__all__ = ["FOLDER", "made"]

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "catalogue"
OURS = {"nnframe", *(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))}
OURS |= {f"nnframe-{name}" for name in OURS if name != "nnframe"}

NOTES = {
    "layer": (
        "That is (batch, length, features) and (batch, height, width, channels). In a list of layers an activation, or "
        "its name, stands for a layer too.\n\n"
        "Parameters are named in paths: `0.weight`, `encoder.bias`. What a layer does with a padding mask stands in "
        "its section; the others do not look at it."
    ),
    "activation": "Each picture shows the activation as a line, and its derivative dashed.",
    "loss": (
        "A loss gives one number an example, or an example and time step. The model makes one number of them: the "
        "mean, weighted by `fit`'s `sample_weight` and `class_weight`, without the steps that `mask` calls padding."
    ),
    "initializer": (
        "For a weight (inputs, units), fan_in is the number of inputs and fan_out that of units; for a kernel both "
        "are multiplied by the number of its places, and of a grouped kernel they are those of a group. g ~ N(μ, σ²) "
        "is a normal distribution, U(a, b) an even one."
    ),
    "regularizer": "They are given by pattern of paths: `Model(..., regularizers={'*.weight': 'l2'})`.",
    "constraint": "They are given by pattern of paths: `Model(..., constraints={'*.weight': 'max_norm'})`.",
    "optimizer": (
        "θ is a parameter, g its gradient, η the learning rate and t the number of the step, from 1. Wherever a "
        "learning rate is asked for, a [schedule](schedules.md) may stand."
    ),
    "schedule": (
        "η is the learning rate, t the steps, or whole epochs, done: every schedule that counts has an option `unit`. "
        "Each picture shows 200 steps of the schedule that stands below it."
    ),
    "metric": (
        "Every metric runs over batches, and equals what it would be on all examples at once. It sees the rows that "
        "count, time steps among them, with their weights."
    ),
    "callback": "A callback is told of the beginning and the end of training, of epochs and of steps.",
}


@frozen
class Text:
    """A docstring in its parts."""

    formula: str
    more: tuple[str, ...]
    options: dict[str, str]


def read(cls: type) -> Text:
    """Take a docstring apart: the first paragraph, the others, and what it says about options."""
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(cls.__doc__ or ""))
    told = [each for each in paragraphs if not each.startswith((">>>", "Args:"))]
    listed = next((each for each in paragraphs if each.startswith("Args:")), "")
    options: dict[str, str] = {}
    for entry in re.findall(r"^ {4}(\S.*(?:\n {8}.*)*)", listed, re.MULTILINE):
        names, _, meaning = entry.partition(": ")
        options |= dict.fromkeys(re.split(r",\s+", names), _plain(meaning))
    return Text(_plain(told[0]), tuple(map(_plain, told[1:])), options)


def _plain(text: str) -> str:
    """One paragraph on one line, in Markdown."""
    return re.sub(r"\s+", " ", text).replace("``", "`").strip()


def _meaning(cls: type, option: str) -> str:
    """What a class, or one that it is made from, says about an option; "..." stands for all that are like it."""
    for base in cls.__mro__:
        said = read(base).options if "__attrs_attrs__" in base.__dict__ else {}
        if option in said or "..." in said:
            return said.get(option, said.get("...", ""))
    return "as in the formula" if re.search(rf"(?<![a-z_]){option}(?![a-z_])", read(cls).formula) else ""


def section(entry: Entry, aliases: Sequence[str], cls: type[Part], picture: str | None) -> str:
    """All about one part."""
    text, source = read(cls), source_of(cls)
    where = f"`{cls.__name__}` in [{source}](../../{source})"
    also = f"; also called {', '.join(f'`{alias}`' for alias in aliases)}" if aliases else ""
    plugin = f"; from the plugin `{entry.distribution.name}`" if entry.distribution.name != "nnframe" else ""
    blocks = [f"## {entry.name}", f"{where}{plugin}{also}.", f"> {text.formula}", *text.more]
    rows = []
    for key, field in option_fields(cls).items():
        name = field.alias or field.name
        written = f"`{name}`" if name == key else f"`{name}` (`{key}` in files)"
        rows.append(f"| {written} | {_default(field)} | {_cell(_meaning(cls, name))} |")
    if rows:
        blocks.append("\n".join(["| option | default | |", "|---|---|---|", *rows]))
    if picture is not None:
        blocks.append(f"![{picture}](pictures/{cls.kind}-{entry.name}.svg)")
        shown, _, note = picture.partition(": ")
        if cls.kind == "schedule":
            blocks.append(f"`{shown}`" + (f": {note}" if note else ""))
        elif note:
            blocks.append(f"The picture shows the {note}.")
    return "\n\n".join(blocks)


def source_of(cls: type) -> str:
    """The file in which a part is written, from the root of the repository."""
    inside = cls.__module__.replace(".", "/")
    for folder in (ROOT, *sorted(ROOT.glob("plugins/*/src"))):
        for path in (folder / f"{inside}.py", folder / inside / "__init__.py"):
            if path.exists():
                return path.relative_to(ROOT).as_posix()
    raise FileNotFoundError(f"{cls.__module__} is not in this repository")


def _default(field: attrs.Attribute[Any]) -> str:
    default: Any = field.default
    if default is attrs.NOTHING:
        return "must be given"
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return f"`{default.factory()!r}`" if not default.takes_self else "from the others"
    return f"`{default!r}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def page(kind: Kind[Part], drawn: dict[str, str]) -> str:
    """The page of a kind."""
    aliases = kind.aliases()
    entries = ours(kind)
    package = importlib.import_module(f"nnframe.{kind.plural}")
    intro = (package.__doc__ or "").strip().splitlines()[0]
    also = {entry.name: [alias for alias, name in aliases.items() if name == entry.name] for entry in entries}
    listed = ", ".join(f"[{entry.name}](#{entry.name})" for entry in entries)
    blocks = [
        f"# {kind.plural.capitalize()}",
        intro,
        NOTES[kind.singular],
        "Written by `python docs/tools/write_catalogue.py`; mend the docstrings, not this page.",
        listed,
    ]
    for entry in entries:
        picture = drawn.get(f"{kind.singular}-{entry.name}")
        blocks.append(section(entry, also[entry.name], kind.get(entry.name), picture))
    return "\n\n".join(blocks) + "\n"


def ours(kind: Kind[Part]) -> list[Entry]:
    """The parts of a kind that come from this repository."""
    return [entry for entry in kind.entries() if entry.distribution.name in OURS]


def made() -> dict[str, str]:
    """Every file of the catalogue that this script writes, by its path in the folder."""
    names = {kind.singular: [entry.name for entry in ours(kind)] for kind in registry.KINDS.values()}
    drawn = pictures(names)
    titles = {name: title for name, (_, title) in drawn.items()}
    files = {f"{kind.plural}.md": page(kind, titles) for kind in registry.KINDS.values()}
    return files | {f"pictures/{name}.svg": drawing for name, (drawing, _) in drawn.items()}


def main() -> None:
    """Write all files, and remove pictures of parts that are no more."""
    files = made()
    for stale in set(FOLDER.glob("pictures/*.svg")) - {FOLDER / name for name in files}:
        stale.unlink()
    for name, text in files.items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(files)} files written to {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
