"""The figures as text, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["render"]

SHOWN = 40


def render(figures: Mapping[str, Mapping[str, Any]], seconds: float) -> str:
    """One line for each figure, with the names below it."""
    lines: list[str] = []
    for part, values in figures.items():
        lines += ["", part]
        for name, value in values.items():
            lines += _line(name.replace("_", " "), value)
    return "\n".join([*lines, "", f"{seconds:.1f} s"]).lstrip()


def _line(name: str, value: Any) -> list[str]:
    if isinstance(value, (tuple, list)):
        return [f"  {name:<22} {len(value)}", *_names(value)]
    if isinstance(value, Mapping):
        return [f"  {name:<22} {', '.join(f'{key}: {each}' for key, each in value.items())}"]
    share = isinstance(value, float) and name not in ("seconds", "forwards per element")
    return [f"  {name:<22} {f'{100 * value:.2f} %' if share else f'{value:.4g}'}"]


def _names(names: Sequence[str]) -> list[str]:
    more = [f"    ... and {len(names) - SHOWN} more"] if len(names) > SHOWN else []
    return [f"    {name[:220]}" for name in names[:SHOWN]] + more
