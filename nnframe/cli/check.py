"""nnframe check: holds parts to the contract of their kind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from nnframe import registry
from nnframe.errors import ConfigurationError, ContractError, UnknownPartError
from nnframe.experiment.importing import import_object
from nnframe.interfaces import Part
from nnframe.interfaces.part import did_you_mean
from nnframe.registry.distribution import canonical
from nnframe.text import make_printable, quote

if TYPE_CHECKING:
    from nnframe.testing import Candidate, PartResult

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    target: Annotated[str, typer.Argument(help="A class or a part in a module: my_package.layers:MyLayer")] = "",
    options: Annotated[list[str] | None, typer.Argument(help="Options of the class, as units=3")] = None,
    plugin: Annotated[str, typer.Option(help="Check every part of an installed distribution.")] = "",
    types: Annotated[bool, typer.Option("--types", help="Ask mypy as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> int:
    """Check configuration, shapes, precision, purity, gradients and more.

    Exits with 0: all is well; 1: a check failed; 3: nothing could be checked.
    """
    from nnframe.testing import check_part

    if bool(target) == bool(plugin):
        raise ConfigurationError("say what to check: my_package.layers:MyLayer, or --plugin DISTRIBUTION")
    candidates = _of_plugin(plugin, types) if plugin else [_candidate(target, options or [], types)]
    results = [check_part(candidate) for candidate in candidates]
    _report(results, as_json)
    return 0 if all(result.passed for result in results) else 1


def _report(results: Sequence[PartResult], as_json: bool) -> None:
    if as_json:
        parts = [json.loads(result.to_json()) for result in results]
        typer.echo(json.dumps({"schema": 1, "passed": all(part["passed"] for part in parts), "parts": parts}, indent=2))
        return
    for result in results:
        typer.echo(make_printable(str(result), lines=True))


def _of_plugin(name: str, types: bool) -> list[Candidate]:
    from nnframe.testing import Candidate

    entries = [entry for kind in registry.KINDS.values() for entry in kind.entries()]
    owners = sorted({canonical(entry.distribution.name) for entry in entries})
    if canonical(name) not in owners:
        raise UnknownPartError(
            f"no installed distribution {name!r} registers a part{did_you_mean(canonical(name), owners)}"
        )
    kinds = {kind.group: kind for kind in registry.KINDS.values()}
    own = [entry for entry in entries if canonical(entry.distribution.name) == canonical(name)]
    return [Candidate(kinds[entry.group].get(entry.qualified), name=entry.name, types=types) for entry in own]


def _candidate(target: str, options: Sequence[str], types: bool) -> Candidate:
    from nnframe.testing import Candidate

    found = _find_part(target)
    if options:
        from nnframe.registry.structure import build

        if not isinstance(found, type):
            raise ConfigurationError(f"{target} is a part already: options are for classes")
        found = build(found, _read_options(options))
    return Candidate(found, types=types)


def _find_part(target: str) -> Part | type:
    found = import_object(target)
    if not isinstance(found, Part | type):
        raise ContractError(f"{target} is neither a class nor a part: {found!r:.60}")
    return found


def _read_options(texts: Sequence[str]) -> dict[str, object]:
    options: dict[str, object] = {}
    for name, value in map(_option, texts):
        if name in options:
            raise ConfigurationError(f"option {quote(name)} is given twice: give it once")
        options[name] = value
    return options


def _option(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigurationError(f"expected option=value, got {text!r:.80}")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
