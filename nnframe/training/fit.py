"""``fit``: from what a user wrote to a training run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, cast

import attrs
import numpy as np

from nnframe import registry
from nnframe.arrays.conversion import as_numbers
from nnframe.checks import plain, require_bool, require_positive_int
from nnframe.composition import Network
from nnframe.composition.reduction import refuse_nothing
from nnframe.errors import ConfigurationError
from nnframe.interfaces import Batch, Callback, Dataset, Metric, Optimizer, Part, Schedule
from nnframe.registry import Kind
from nnframe.registry.options import option_fields
from nnframe.text import quote
from nnframe.training.batches import CheckedBatches, as_dataset, is_buffer
from nnframe.training.checked import Checks
from nnframe.training.class_weight import ClassWeight, class_weights, weigh
from nnframe.training.data import ArrayDataset, split
from nnframe.training.history import History
from nnframe.training.loop import TrainingRun
from nnframe.training.mapped import is_mapped, mapped_dataset
from nnframe.training.optimization import Optimization
from nnframe.training.progress import choose_display
from nnframe.training.snapshot import Resumption

__all__ = [
    "PartSpec",
    "check_options",
    "dataset_of",
    "fit",
    "resolve_all",
    "resolve_class_weight",
    "resolve_optimizer",
    "validation_of",
]

K = TypeVar("K", bound=Part)
PartSpec: TypeAlias = str | Mapping[str, object]
"""A registry name, or ``{"name": ..., options}``."""


def resolve_optimizer(
    spec: Optimizer[Any] | PartSpec, schedule: Schedule | PartSpec | None = None
) -> Optimizer[object]:
    """Return the optimizer that ``spec`` describes, its learning rate replaced by the schedule.

    A schedule given by name begins where the optimizer's learning rate is, unless it says otherwise.

    >>> resolve_optimizer("sgd", {"name": "step", "every": 10}).learning_rate
    Step(base=0.01, every=10, factor=0.1, unit='step')
    """
    part = cast("Optimizer[Any]", spec if isinstance(spec, Optimizer) else registry.optimizers.resolve(spec))
    if schedule is None:
        return part
    if not isinstance(schedule, Schedule):
        schedule = _starting_at(part.learning_rate, schedule)
    changed: Optimizer[object] = attrs.evolve(part, learning_rate=schedule)  # type: ignore[misc]  # parts are attrs
    return changed


def _starting_at(rate: float | Schedule, spec: PartSpec) -> Schedule:
    """Return the schedule that ``spec`` describes; a ``base`` that it needs and does not have is ``rate``."""
    if not isinstance(spec, str | Mapping):
        raise ConfigurationError(f"schedule must be a Schedule, a name, or {{'name': ..., options}}, got {quote(spec)}")
    described: dict[str, object] = {"name": spec} if isinstance(spec, str) else dict(spec)
    base = option_fields(registry.schedules.get(str(described.get("name")))).get("base")
    if base is not None and base.default is attrs.NOTHING and not isinstance(rate, Schedule):
        described.setdefault("base", rate)
    return registry.schedules.resolve(described)


def resolve_all(specs: Sequence[K | PartSpec], kind: Kind[K]) -> list[K]:
    """Return the parts that ``specs`` describe."""
    if isinstance(specs, str | Mapping | Part) or is_buffer(specs) or not isinstance(specs, Iterable):
        raise ConfigurationError(f"{kind.plural} must be a list, got {quote(specs)}")
    return [kind.resolve(spec) for spec in specs]


def dataset_of(
    network: Network,
    x: object,
    y: object = None,
    *,
    batch_size: int,
    times: int = 1,
    sample_weight: object = None,
    class_weight: ClassWeight | None = None,
    mask: object = None,
    what: str = "x",
) -> Dataset:
    """Check data against a network, and make a dataset of them.

    Arrays are checked as a whole, here; memory-mapped ones and batches from elsewhere batch by batch, when they are
    used. ``times`` is how often they will be gone through.
    """
    checks = Checks(network)
    batch_size = require_positive_int(batch_size, "batch_size")
    if y is None:
        if sample_weight is not None or mask is not None:
            raise ConfigurationError(
                "sample_weight and mask are for arrays: put them into the batches, Batch(x, y, ...)"
            )
        if class_weight is not None and isinstance(class_weight, str):
            raise ConfigurationError(f"class_weight={class_weight!r} is for arrays: of batches give a mapping")
        weights = None if class_weight is None else class_weights(class_weight, None)
        return CheckedBatches(as_dataset(x, what, times), checks, weights, what)
    if is_mapped(x, y):
        y = y if isinstance(y, np.ndarray) else as_numbers(y, "y")
        weights = None if class_weight is None else class_weights(class_weight, y, checks.axes)
        mapped = mapped_dataset(
            checks, x, y, batch_size=batch_size, sample_weight=sample_weight, mask=mask, weights=weights
        )
        _refuse_nothing(mapped, checks.axes)
        return mapped
    batch = checks.batch(x, y, sample_weight, mask)
    weight = batch.sample_weight
    if class_weight is not None:
        weights = class_weights(class_weight, batch.y, checks.axes)
        weight = weigh(weights, batch.y, weight, network.dtype, checks.axes)
    data = ArrayDataset(batch.x, batch.y, batch_size, weight, batch.mask)
    _refuse_nothing(data, checks.axes)
    return data


def _refuse_nothing(data: ArrayDataset, axes: int) -> None:
    """Refuse arrays in which nothing counts, before the first step."""
    weight, mask = data.sample_weight, data.mask if axes > 2 else None
    if mask is not None and weight is not None:
        rows = weight.reshape(*weight.shape[:2], -1).any(-1) if weight.ndim > 1 else weight[:, None] != 0
        refuse_nothing(float((mask & rows).any()))
    elif weight is not None or mask is not None:
        refuse_nothing(float(np.any(mask if weight is None else weight)))


def validation_of(
    network: Network, data: object, batch_size: int, epochs: int, class_weight: Mapping[int, float] | None = None
) -> Dataset | None:
    """Make a dataset of what a user gave as ``validation_data``.

    Args:
        network: What is validated.
        data: (x, y), (x, y, sample_weight), a Batch of all examples, a Dataset, or an iterable of batches.
        batch_size: How many examples of arrays are computed at a time, at least 256.
        epochs: How often the data will be gone through.
        class_weight: The weight of each class, the same as in training.
    """
    if data is None:
        return None
    if isinstance(data, tuple) and len(data) in (2, 3):
        data = Batch(*data)
    if isinstance(data, Batch):
        return dataset_of(
            network,
            data.x,
            data.y,
            batch_size=max(require_positive_int(batch_size, "batch_size"), 256),
            sample_weight=data.sample_weight,
            class_weight=class_weight,
            mask=data.mask,
        )
    if isinstance(data, tuple) or is_buffer(data):
        raise ConfigurationError(
            "validation_data must be a tuple (x, y) or (x, y, sample_weight), a Dataset, or an iterable of batches"
        )
    return dataset_of(
        network, data, batch_size=batch_size, times=epochs, class_weight=class_weight, what="validation_data"
    )


def resolve_class_weight(network: Network, spec: ClassWeight | None, y: object) -> Mapping[int, float] | None:
    """Return the weight of each class that ``spec`` asks for on checked targets; None for all alike."""
    return None if spec is None else class_weights(spec, np.asarray(y), Checks(network).axes)


def check_options(
    epochs: object, micro_batch_size: object, validation_split: object, **switches: object
) -> tuple[int, int | None, float]:
    """Return the numbers that ``fit`` was given as Python's own; ``switches`` must be True or False.

    Raises:
        ConfigurationError: An option is of a wrong type, or out of range.
    """
    for name, value in switches.items():
        require_bool(value, name)
    size = None if micro_batch_size is None else require_positive_int(micro_batch_size, "micro_batch_size")
    fraction = plain(validation_split)
    if isinstance(fraction, bool) or not isinstance(fraction, int | float) or not 0 <= fraction < 1:
        raise ConfigurationError(f"validation_split must lie between 0 and 1, and is {quote(validation_split)}")
    return require_positive_int(epochs, "epochs"), size, fraction


def fit(
    network: Network,
    data: Dataset,
    optimization: Optimization,
    *,
    epochs: int,
    micro_batch_size: int | None,
    shuffle: bool,
    validation: Dataset | None,
    validation_split: float,
    metrics: Sequence[Metric[object]],
    callbacks: Sequence[Callback[object]],
    progress: bool,
    resume: Resumption | None = None,
    history: History | None = None,
) -> History:
    """Train ``network`` on prepared data; returns what was measured, in ``history`` where one is given."""
    if resume is not None:
        network.rng.bit_generator.state = resume.start
    start = network.rng.bit_generator.state
    if validation_split:
        if validation is not None:
            raise ConfigurationError("give validation_data or validation_split, not both")
        if not isinstance(data, ArrayDataset):
            raise ConfigurationError("validation_split is for arrays: of batches give some as validation_data")
        data, validation = split(data, validation_split, network.rng if shuffle else None)
        for part in (data, validation):
            _refuse_nothing(part, Checks(network).axes)
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
        resume=resume,
        micro_batch_size=micro_batch_size,
        history=History() if history is None else history,
    )
    return run.run()
