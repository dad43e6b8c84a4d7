"""What metrics and callbacks are called in logs, files and reports: each by a name of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from nnframe import registry
from nnframe.errors import ConfigurationError, ContractError
from nnframe.interfaces import Direction, Metric, Part
from nnframe.interfaces.part import brief

__all__ = ["find_better", "name_metrics", "tell_apart"]

_TAKEN = ("epoch", "loss", "learning_rate")


def name_metrics(metrics: Sequence[Metric[Any]]) -> list[str]:
    """Return a name for each metric: its registry name, and, where several are of one kind, the options that differ.

    Raises:
        ConfigurationError: A metric has the name of something else that training reports.

    >>> from nnframe.metrics import Accuracy, TopKAccuracy
    >>> name_metrics([Accuracy(), TopKAccuracy(1), TopKAccuracy(2)])
    ['accuracy', 'top_k_accuracy(k=1)', 'top_k_accuracy(k=2)']
    """
    known = [registry.registration_of(type(metric)) for metric in metrics]
    names = []
    for own in known:  # with its distribution only where two have the name
        contested = len({other.name for other in known if other.local_name == own.local_name}) > 1
        names.append(own.name if contested else own.local_name)
    for name in names:
        if name in _TAKEN or name.startswith("val_"):
            raise ConfigurationError(
                f"a metric cannot be called {name!r:.60}, as other numbers of an epoch are: register it by another name"
            )
    return [name + suffix for name, suffix in zip(names, tell_apart(metrics), strict=True)]


def find_better(metrics: Sequence[Metric[Any]], names: Sequence[str]) -> dict[str, Direction]:
    """Return which way is better for each number that metrics give, in training and in validation.

    Raises:
        ContractError: A metric does not say it.
    """
    for metric in metrics:
        if metric.better not in ("min", "max"):
            raise ContractError(f"{type(metric).__name__}.better must be 'min' or 'max', and is {metric.better!r:.40}")
    own = {name: metric.better for name, metric in zip(names, metrics, strict=True)}
    return own | {f"val_{name}": better for name, better in own.items()}


def tell_apart(parts: Sequence[Part]) -> list[str]:
    """Return what tells each part from the others of its class: nothing where it is the only one.

    Else it is the options in which they differ, and, of equal ones, a number from the second on.

    >>> from nnframe.metrics import Accuracy, TopKAccuracy
    >>> tell_apart([Accuracy(), TopKAccuracy(1), TopKAccuracy(2), TopKAccuracy(2)])
    ['', '(k=1)', '(k=2)', '(k=2)#2']
    """
    kinds: dict[type, list[Mapping[str, str]]] = {}
    for part in parts:
        kinds.setdefault(type(part), []).append(_write_options(part))
    seen: dict[tuple[type, str], int] = {}
    suffixes = []
    for part in parts:
        alike = kinds[type(part)]
        own = _write_options(part)
        differing = [f"{key}={own[key]}" for key in own if any(other[key] != own[key] for other in alike)]
        suffix = f"({', '.join(differing)})" if differing else ""
        count = seen[type(part), suffix] = seen.get((type(part), suffix), 0) + 1
        suffixes.append(f"{suffix}#{count}" if count > 1 else suffix)
    return suffixes


def _write_options(part: Part) -> dict[str, str]:
    cls: type = type(part)
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    return {field.alias or field.name: _write(getattr(part, field.name)) for field in fields if field.init}


def _write(value: object) -> str:
    if isinstance(value, str):
        return value[:60]
    return brief(value) if isinstance(value, Part) else repr(value)[:60]
