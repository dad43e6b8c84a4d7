"""The number that callbacks and schedules look at, and which way it is better."""

from __future__ import annotations

from collections.abc import Mapping

from nnframe import registry
from nnframe.errors import ConfigurationError, RegistryError
from nnframe.interfaces import Direction, Mode

__all__ = ["find_direction", "read_monitored"]


def find_direction(name: str, better: Mapping[str, Direction], mode: Mode = "auto") -> Direction:
    """Return which way is better for a number: ``mode``, or what the metric of this name says, or else ``"min"``.

    Args:
        name: The number: ``"val_loss"``, ``"accuracy"``.
        better: What the metrics of a run say; empty where only the names are known, as of a file.
        mode: What a user says.

    >>> find_direction("val_top_k_accuracy(k=2)", {}), find_direction("val_loss", {})
    ('max', 'min')
    """
    if mode != "auto":
        return mode
    if name in better:
        return better[name]
    plain = name.removeprefix("val_").partition("(")[0].partition("#")[0]
    if plain == "loss":
        return "min"
    try:
        return registry.metrics.get(plain).better
    except RegistryError:
        return "min"


def read_monitored(logs: Mapping[str, float], name: str, direction: Direction) -> float:
    """Return a number of an epoch, turned so that lower is better.

    Raises:
        ConfigurationError: Nobody measures it.

    >>> read_monitored({"accuracy": 0.75}, "accuracy", "max")
    -0.75
    """
    if name not in logs:
        hint = ": give fit validation_data or validation_split" if name.startswith("val_") else ""
        raise ConfigurationError(f"monitor: there is no {name!r:.60}, only {', '.join(logs):.200}{hint}")
    return logs[name] * (1 if direction == "min" else -1)
