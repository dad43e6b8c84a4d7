"""History: what a training run measured, epoch by epoch."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol

from attrs import define, field

from nnframe.errors import ConfigurationError, DataError, FileFormatError, MissingDependencyError, SaveError
from nnframe.interfaces import Direction, Mode
from nnframe.paths import as_path, read_bytes, show_path
from nnframe.training.monitor import find_direction
from nnframe.training.tables import csv_text, html_table, rich_table, text_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Group

__all__ = ["History"]

_MOST_ROWS = 20


class Frame(Protocol):
    """What type checkers know of a pandas DataFrame, where pandas has no types."""

    @property
    def index(self) -> object: ...
    @property
    def columns(self) -> object: ...
    def __getitem__(self, name: str) -> object: ...


@define(repr=False)
class History:
    """The numbers of each epoch: ``loss``, metrics, ``val_...``, ``learning_rate``, and what callbacks add.

    Prints as a table; rich and notebooks show it as one.

    Attributes:
        epochs: One mapping an epoch.
        stop_reason: Why training stopped before its last epoch; empty if it did not.
        reports: What callbacks leave behind, by name.
        better: Which way is better for each number that a metric gave.

    >>> history = History([{"loss": 0.5}, {"loss": 0.25}])
    >>> history["loss"], history.last["loss"]
    ([0.5, 0.25], 0.25)
    """

    epochs: list[dict[str, float]] = field(factory=list)
    stop_reason: str = ""
    reports: dict[str, object] = field(factory=dict, eq=False)
    better: dict[str, Direction] = field(factory=dict, eq=False)

    def __getitem__(self, name: str) -> list[float]:
        """Return one number over all epochs."""
        self._check(name)
        return [epoch[name] for epoch in self.epochs if name in epoch]

    def __len__(self) -> int:
        return len(self.epochs)

    @property
    def names(self) -> Sequence[str]:
        """What was measured."""
        return tuple(dict.fromkeys(name for epoch in self.epochs for name in epoch))

    @property
    def last(self) -> dict[str, float]:
        """The numbers of the last epoch."""
        return self.epochs[-1] if self.epochs else {}

    def best(self, name: str = "val_loss", mode: Mode = "auto") -> int:
        """Return the number of the epoch, from 1, in which a number was best; the first of several, and nan never.

        Args:
            name: The number.
            mode: Whether better is lower, ``"min"``, or higher, ``"max"``; ``"auto"`` asks the metric.

        Raises:
            KeyError: Nobody measured it.
            DataError: It was nan in every epoch.

        >>> History([{"loss": 0.5}, {"loss": 0.2}, {"loss": 0.3}]).best("loss")
        2
        """
        self._check(name)
        sign = 1 if find_direction(name, self.better, mode) == "min" else -1
        known = {number: sign * epoch[name] for number, epoch in enumerate(self.epochs, 1) if name in epoch}
        numbers = [number for number, value in known.items() if not math.isnan(value)]
        if not numbers:
            raise DataError(f"no epoch is the best: {name} was nan in all {len(known)}")
        return min(numbers, key=lambda number: known[number])

    def _check(self, name: str) -> None:
        if name not in self.names:
            raise KeyError(f"no {name!r} in this history: it has {', '.join(self.names) or 'nothing'}")

    def to_dict(self) -> dict[str, object]:
        """Return it as names, numbers and lists, without the reports; ``from_dict`` takes it.

        >>> History([{"loss": 0.5}], "interrupted").to_dict()
        {'epochs': [{'loss': 0.5}], 'stop_reason': 'interrupted'}
        """
        return {"epochs": [dict(epoch) for epoch in self.epochs], "stop_reason": self.stop_reason}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> History:
        """Make a history of what ``to_dict`` returned."""
        unknown = set(data) - {"epochs", "stop_reason"}
        if unknown or not isinstance(data.get("epochs"), list):
            raise ConfigurationError(f"a history is made of 'epochs' and 'stop_reason', and this has {sorted(data)}")
        return cls([dict(epoch) for epoch in data["epochs"]], str(data.get("stop_reason", "")))

    def to_csv(self, path: str | PathLike[str] | None = None) -> str:
        r"""Return it as CSV, a row an epoch, and write it where a path is given. Numbers read back to the bit.

        Raises:
            SaveError: The file cannot be written.

        >>> History([{"loss": 0.5}, {"loss": 0.25}]).to_csv()
        'epoch,loss\n1,0.5\n2,0.25\n'
        """
        rows = [[repr(epoch[name]) if name in epoch else "" for name in self.names] for epoch in self.epochs]
        text = csv_text([["epoch", *self.names], *([str(number), *row] for number, row in enumerate(rows, 1))])
        if path is not None:
            file = as_path(path, SaveError)
            try:
                file.write_text(text, encoding="utf-8", newline="")
            except OSError as cause:
                raise SaveError(f"{show_path(file)} cannot be written: {cause.strerror or cause}") from cause
        return text

    @classmethod
    def from_csv(cls, path: str | PathLike[str]) -> History:
        """Read what ``to_csv``, or the callback CSVLogger, wrote.

        Raises:
            FileFormatError: It is no such file.
        """
        content = read_bytes(path, FileFormatError)
        try:
            lines = io.StringIO(content.decode("utf-8"), newline="")
            head, *rows = list(csv.reader(lines)) or [[]]
        except (UnicodeDecodeError, csv.Error) as cause:
            raise FileFormatError(f"{show_path(path)} is no history: {cause}") from cause
        if head[:1] != ["epoch"]:
            raise FileFormatError(
                f"{show_path(path)} is no history: its first line must begin with 'epoch', and is {head!r:.80}"
            )
        try:
            pairs = [zip(head[1:], row[1:], strict=True) for row in rows]
            return cls([{name: float(cell) for name, cell in each if cell} for each in pairs])
        except ValueError as cause:
            raise FileFormatError(f"{show_path(path)} is no history: {cause}") from cause

    def to_pandas(self) -> Frame:
        """Return it as a DataFrame, a row an epoch.

        Raises:
            MissingDependencyError: pandas is not installed.
        """
        try:
            pandas: Any = import_module("pandas")
        except ImportError as cause:
            raise MissingDependencyError("to_pandas needs pandas: pip install pandas") from cause
        index = pandas.RangeIndex(1, len(self) + 1, name="epoch")
        frame: Frame = pandas.DataFrame(self.epochs, index=index, columns=list(self.names))
        return frame

    def plot(self, *names: str) -> Figure:
        """Draw each number over the epochs, with its ``val_`` in the same axes; by default all that change.

        Raises:
            MissingDependencyError: matplotlib is not installed.
        """
        from nnframe.training.curves import draw

        for name in names:
            self._check(name)
        return draw(self, names)

    def __repr__(self) -> str:
        numbers = "".join(f", {name}={value:.4g}" for name, value in self.last.items())
        return f"History({len(self)} epochs{numbers}{f', {self.stop_reason!r}' if self.stop_reason else ''})"

    def __str__(self) -> str:
        return text_of(self)

    def __rich__(self) -> Group:
        return rich_table(["epoch", *self.names], self._rows(), self._caption(), texts=0)

    def _repr_html_(self) -> str:
        return html_table(["epoch", *self.names], self._rows(), self._caption(), texts=0)

    def _rows(self) -> list[list[str]]:
        numbers = list(range(1, len(self) + 1))
        if len(self) > _MOST_ROWS:
            numbers = [*numbers[: _MOST_ROWS // 2], 0, *numbers[-_MOST_ROWS // 2 :]]
        return [self._row(number) if number else ["…"] * (1 + len(self.names)) for number in numbers]

    def _row(self, number: int) -> list[str]:
        epoch = self.epochs[number - 1]
        return [str(number), *(f"{epoch[name]:.4g}" if name in epoch else "" for name in self.names)]

    def _caption(self) -> str:
        parts = [] if self.epochs else ["no epoch was completed"]
        if any(epoch.get("val_loss", math.nan) == epoch.get("val_loss") for epoch in self.epochs):
            parts.append(f"lowest val_loss: epoch {self.best('val_loss')}")
        if self.stop_reason:
            parts.append(f"stopped: {self.stop_reason}")
        return "; ".join(parts)
