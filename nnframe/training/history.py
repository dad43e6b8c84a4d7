"""History: what a training run measured, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

__all__ = ["History"]


@define
class History:
    """The numbers of each epoch: ``loss``, metrics, ``val_...``, ``learning_rate``.

    Attributes:
        epochs: One mapping an epoch.
        stop_reason: Why training stopped before its last epoch; empty if it did not.
        reports: What callbacks leave behind, by name.

    >>> history = History([{"loss": 0.5}, {"loss": 0.25}])
    >>> history["loss"], history.last["loss"]
    ([0.5, 0.25], 0.25)
    """

    epochs: list[dict[str, float]] = field(factory=list)
    stop_reason: str = ""
    reports: dict[str, object] = field(factory=dict, repr=False)

    def __getitem__(self, name: str) -> list[float]:
        """Return one number over all epochs."""
        if not any(name in epoch for epoch in self.epochs):
            raise KeyError(f"no {name!r} in this history: it has {', '.join(self.names)}")
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
