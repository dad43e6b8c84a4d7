"""nnframe plugins: what is installed, what is wrong with it, and a new one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated

import attrs
import typer

from nnframe import registry
from nnframe.cli._group import make_group
from nnframe.cli._new import new
from nnframe.cli._table import print_table
from nnframe.errors import ConfigurationError
from nnframe.interfaces import Part
from nnframe.interfaces.part import did_you_mean
from nnframe.registry import Kind
from nnframe.registry.doctor import Finding, diagnose
from nnframe.text import make_line, make_printable, quote

__all__ = ["add_to"]

COLUMNS = ("name", "kind", "aliases", "distribution", "version", "from")
MOST_TOLD = 10
"""How many findings of one sort and distribution are printed for people."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def add_to(app: typer.Typer) -> None:
    """Add the group of commands."""
    plugins = make_group("What is installed, what is wrong with it, and a new one.")
    plugins.command("list")(list_plugins)
    plugins.command("doctor")(doctor)
    plugins.command("new")(new)
    app.add_typer(plugins, name="plugins")


def list_plugins(
    kind: Annotated[str, typer.Option(help="Only parts of one kind: layer, activation, loss, ...")] = "",
    as_json: AsJson = False,
) -> int:
    """List every part that can be used by name. Nothing is imported."""
    parts = [part for chosen in _kinds(kind) for part in _parts(chosen)]
    if as_json:
        typer.echo(_write_json("parts", parts))
    elif parts:
        print_table(COLUMNS, [[_cell(part[column]) for column in COLUMNS] for part in parts])
    else:
        typer.echo("Nothing is registered: 'pip install nnframe', or 'pip install -e .' in a checkout, registers it.")
    return 0


def doctor(as_json: AsJson = False) -> int:
    """Import every part and say what is broken, stale, contested, hidden or malformed.

    Exits with 0: nothing is; 1: something is; 3: it could not be run.
    """
    findings = diagnose()
    if as_json:
        typer.echo(_write_json("findings", [attrs.asdict(finding, recurse=False) for finding in findings]))
    else:
        _report(findings)
    return 1 if findings else 0


def _write_json(what: str, items: Sequence[Mapping[str, object]]) -> str:
    """Write one item a line: json's own indentation takes ten times as long, seconds for a large environment."""
    lines = ",".join(f"\n  {json.dumps(item)}" for item in items)
    return f'{{"schema": 1, "{what}": [{lines}\n]}}'


def _kinds(wanted: str) -> tuple[Kind[Part], ...]:
    if not wanted:
        return tuple(registry.KINDS.values())
    found = [kind for kind in registry.KINDS.values() if wanted in (kind.singular, kind.plural)]
    if not found:
        raise ConfigurationError(f"there is no kind {quote(wanted)}{did_you_mean(wanted, registry.KINDS)}")
    return tuple(found)


def _parts(kind: Kind[Part]) -> list[dict[str, object]]:
    aliases = kind.aliases()
    return [
        {
            "name": entry.name,
            "kind": kind.singular,
            "aliases": [alias for alias, name in aliases.items() if name == entry.name],
            "distribution": entry.distribution.name,
            "version": entry.distribution.version,
            "from": entry.distribution.source,
            "value": entry.value,
        }
        for entry in kind.entries()
    ]


def _cell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else make_line(str(value), 80)


def _report(findings: tuple[Finding, ...]) -> None:
    told: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for finding in findings:
        sort = (finding.problem, finding.distributions)
        told[sort] += 1
        if told[sort] <= MOST_TOLD:
            whose = " and ".join(finding.distributions[:MOST_TOLD])
            typer.secho(make_printable(f"{finding.problem}: {finding.subject} ({whose})"), bold=True)
            typer.echo(f"    {make_line(finding.cause)}")
    for (problem, owners), count in told.items():
        if count > MOST_TOLD:
            more = f"{problem}: {count - MOST_TOLD:,} more ({' and '.join(owners[:MOST_TOLD])}); --json lists all"
            typer.secho(make_printable(more), bold=True)
    entries = [entry for kind in registry.KINDS.values() for entry in kind.entries()]
    typer.echo(
        f"{len(entries)} parts of {len({entry.distribution.key for entry in entries})} distributions looked at: "
        + (f"{len(findings)} problems" if findings else "all is well")
    )
