"""Prints what was measured: one table for all benchmarks, and the options that all of them take."""

from __future__ import annotations

import argparse
import math
import os
import platform
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from attrs import frozen

from tests.benchmarks.processes import ROUNDS, Measurement, Side, add_before, run_in_turn

__all__ = [
    "MEBIBYTES",
    "MICROSECONDS",
    "MILLISECONDS",
    "Quantity",
    "Row",
    "compare",
    "describe_rounds",
    "geometric_mean",
    "make_parser",
    "print_machine",
]

DISTRIBUTIONS = ("nnframe", "numpy", "numba", "torch", "jax", "scikit-learn", "thinc")
Found = Mapping[str, Measurement]


@frozen
class Quantity:
    """What a table is about: its unit, and how it is read from a measurement, a number for each round."""

    unit: str
    read: Callable[[Measurement], Sequence[float]]


MILLISECONDS = Quantity("ms", lambda found: [1e3 * each for each in found.seconds])
MICROSECONDS = Quantity("µs", lambda found: [1e6 * each for each in found.seconds])
MEBIBYTES = Quantity("MiB", lambda found: found.memory)


@frozen
class Row:
    """A row of a table: what it is called, its sides by column, and what is said in the last column."""

    name: str
    sides: Mapping[str, Side]
    note: Callable[[Found], str] | None = None


def make_parser(description: str | None, *, threads: int = 2, seconds: float = 1.0) -> argparse.ArgumentParser:
    """Return a parser with the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], metavar="WORDS", help="only rows with one of these words")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"processes for each side (default {ROUNDS})")
    parser.add_argument("--seconds", type=float, default=seconds, help=f"in each round (default {seconds})")
    parser.add_argument("--threads", type=int, default=threads, help=f"of each side (default {threads})")
    parser.add_argument(
        "--before", type=_find_tree, metavar="TREE", help="another checkout, whose nnframe is a side too"
    )
    return parser


def _find_tree(text: str) -> str:
    path = Path(text).resolve()
    if not (path / "nnframe" / "__init__.py").is_file():
        raise argparse.ArgumentTypeError(f"{path} must be a checkout, and has no nnframe/__init__.py")
    return str(path)


def compare(
    rows: Sequence[Row], options: argparse.Namespace, quantity: Quantity, *, together: int = 1, last: str = ""
) -> dict[str, Found]:
    """Measure the rows, print the table, and return what was found by the row's name.

    A cell holds the median of the rounds, their least and greatest, the threads that worked, and how many times the
    first column it is.

    Args:
        rows: All have the same columns, or fewer.
        options: As ``make_parser`` reads them.
        quantity: What is printed.
        together: How many rows a process does, which saves the time of imports.
        last: The heading of the last column, if rows have notes.
    """
    chosen = [row for row in rows if not options.only or any(word in row.name for word in options.only)]
    if not chosen:
        return {}
    sides = [add_before(row.sides, options.before) for row in chosen]
    columns = list(dict.fromkeys(name for each in sides for name in each))
    print(_line(["", *(f"{name} ({quantity.unit})" for name in columns), *([last] if last else [])]))
    print("|---" + "|---:" * len(columns) + ("|---|" if last else "|"), flush=True)
    found: dict[str, Found] = {}
    for start in range(0, len(chosen), together):
        several = slice(start, start + together)
        measured = run_in_turn(sides[several], rounds=options.rounds, seconds=options.seconds, threads=options.threads)
        for row, own, each in zip(chosen[several], sides[several], measured, strict=True):
            found[row.name] = each
            cells = [row.name, *(_cell(own, each, name, columns[0], quantity) for name in columns)]
            print(_line([*cells, *([row.note(each) if row.note else ""] if last else [])]), flush=True)
    return found


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(sides: Mapping[str, Side], found: Found, name: str, first: str, quantity: Quantity) -> str:
    if name not in found:
        return "not installed" if name in sides else ""
    rounds = quantity.read(found[name])
    threads = "" if quantity is MEBIBYTES else f"; {statistics.median(found[name].threads):.1f} threads"
    text = describe_rounds(rounds, threads)
    if name == first or first not in found:
        return text
    return f"{text}: {statistics.median(rounds) / statistics.median(quantity.read(found[first])):.2f}"


def describe_rounds(rounds: Sequence[float], more: str = "") -> str:
    """Write the median, and in brackets the least and the greatest, and what else there is to say.

    >>> describe_rounds((2.0, 1.0, 3.0))
    '2.00 (1.00 to 3.00)'
    """
    return f"{_digits(statistics.median(rounds))} ({_digits(min(rounds))} to {_digits(max(rounds))}{more})"


def _digits(value: float) -> str:
    """Write a number with three digits, or all before the point.

    >>> _digits(0.1234), _digits(12.34), _digits(12345.6)
    ('0.123', '12.3', '12,346')
    """
    after = 2 - math.floor(math.log10(value)) if value > 0 else 2
    return f"{value:,.{min(max(after, 0), 3)}f}"


def geometric_mean(ratios: Sequence[float]) -> float:
    """Return the mean of ratios.

    >>> geometric_mean([0.5, 2.0])
    1.0
    """
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def print_machine(options: argparse.Namespace) -> None:
    """Print what has to be known about figures: the date, the machine, its load, the versions, and the options."""
    versions = ", ".join(f"{name} {found}" for name, found in _versions())
    load = f", load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    machine = f"{os.cpu_count()} cores of {_processor()}{load}, Python {platform.python_version()}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}, {versions}.")
    clock = "the processor's time" if options.threads == 1 else "the clock's time"
    print(
        f"Median of {options.rounds} rounds (least to greatest; threads at work): times the first column. "
        f"Threads allowed: {options.threads}; {clock}; in a round the best call of {options.seconds:g} s counts.\n"
    )


def _versions() -> Iterator[tuple[str, Any]]:
    for name in DISTRIBUTIONS:
        try:
            yield name, version(name).split("+")[0]
        except PackageNotFoundError:
            continue


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
