"""``fit``: from what a user wrote to a training run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

from nnframe import registry
from nnframe.arrays import Array, Booleans
from nnframe.composition import Network
from nnframe.errors import ConfigurationError, DataError, ShapeError
from nnframe.interfaces import Callback, Metric, Optimizer, Part
from nnframe.registry import Kind
from nnframe.training.data import ArrayDataset, split
from nnframe.training.history import History
from nnframe.training.loop import TrainingRun
from nnframe.training.optimization import Optimization
from nnframe.training.progress import choose_display
from nnframe.training.snapshot import Resumption

__all__ = ["Data", "PartSpec", "dataset_of", "fit", "resolve_all", "resolve_optimizer"]

K = TypeVar("K", bound=Part)
PartSpec: TypeAlias = str | Mapping[str, object]
"""A registry name, or ``{"name": ..., options}``."""

Data: TypeAlias = tuple[object, object]
"""x and y."""


def resolve_optimizer(spec: Optimizer[Any] | PartSpec) -> Optimizer[object]:
    """Return the optimizer that ``spec`` describes."""
    part = spec if isinstance(spec, Optimizer) else registry.optimizers.resolve(spec)
    return cast("Optimizer[object]", part)


def resolve_all(specs: Sequence[K | PartSpec], kind: Kind[K]) -> list[K]:
    """Return the parts that ``specs`` describe."""
    if isinstance(specs, str | Mapping | Part):
        raise ConfigurationError(f"{kind.plural} must be a list, got {specs!r:.60}")
    return [spec if isinstance(spec, Part) else kind.resolve(spec) for spec in specs]


def dataset_of(
    network: Network,
    x: object,
    y: object,
    *,
    batch_size: int,
    sample_weight: object = None,
    mask: Booleans | None = None,
) -> ArrayDataset:
    """Check arrays against a network, and make a dataset of them."""
    mask = None if mask is None else np.asarray(mask, dtype=bool)
    data, target = network.prepare(x, y, mask)
    return ArrayDataset(data, target, batch_size, _weights(sample_weight, len(target), network.dtype), mask)


def _weights(weight: object, count: int, dtype: np.dtype[Any]) -> Array | None:
    if weight is None:
        return None
    array: Array = np.asarray(weight, dtype=dtype)
    if array.shape != (count,):
        raise ShapeError(f"sample_weight must have shape ({count},), one for each example, and has {array.shape}")
    if not np.isfinite(array).all() or (array < 0).any() or not array.any():
        raise DataError("sample_weight must be finite and not negative, and not all zero")
    return array


def fit(
    network: Network,
    data: ArrayDataset,
    optimization: Optimization,
    *,
    epochs: int,
    shuffle: bool,
    validation: ArrayDataset | None,
    validation_split: float,
    metrics: Sequence[Metric[object]],
    callbacks: Sequence[Callback[object]],
    progress: bool,
    resume: Resumption | None = None,
    history: History | None = None,
) -> History:
    """Train ``network`` on prepared data; returns what was measured, in ``history`` where one is given."""
    if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 1:
        raise ConfigurationError(f"epochs must be a whole number from 1, and is {epochs!r:.40}")
    if resume is not None:
        network.rng.bit_generator.state = resume.start
    start = network.rng.bit_generator.state
    if validation_split:
        if validation is not None:
            raise ConfigurationError("give validation_data or validation_split, not both")
        data, validation = split(data, validation_split, network.rng)
    run = TrainingRun(
        network,
        optimization,
        data,
        validation,
        epochs,
        shuffle,
        metrics,
        callbacks,
        choose_display(progress),
        start,
        resume,
        History() if history is None else history,
    )
    return run.run()
