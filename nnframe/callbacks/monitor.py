"""The number that a callback looks at, and how two of them compare."""

from __future__ import annotations

from typing import Literal

import attrs

from nnframe.errors import ConfigurationError
from nnframe.interfaces import Moment

__all__ = ["Mode", "is_mode", "monitored"]

Mode = Literal["min", "max"]
"""Whether better is lower or higher."""

is_mode = attrs.validators.in_(("min", "max"))


def monitored(moment: Moment, name: str, mode: Mode) -> float:
    """Return a number of this epoch, turned so that lower is better.

    Raises:
        ConfigurationError: Nobody measures it.
    """
    if name not in moment.logs:
        hint = ": give fit validation_data or validation_split" if name.startswith("val_") else ""
        raise ConfigurationError(f"monitor: there is no {name!r}, only {', '.join(moment.logs)}{hint}")
    return moment.logs[name] * (1 if mode == "min" else -1)
