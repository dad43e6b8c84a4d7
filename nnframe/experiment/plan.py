"""Plan: what an experiment file says, checked before anything is run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from os import PathLike
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import field, frozen

from nnframe.errors import SpecError
from nnframe.interfaces.part import did_you_mean
from nnframe.paths import require_regular_file

__all__ = ["DataPlan", "EvaluationPlan", "FilePlan", "Plan", "TrainingPlan", "VerificationPlan", "read_plan"]

Options = dict[str, Any]


@frozen
class DataPlan:
    """Which data, and how they are divided.

    Attributes:
        source: ``"digits"``, ``"iris"``, ``"wine"`` or ``"breast_cancer"`` (scikit-learn's), or a path to a ``.npz``
            file with x and y, or to a ``.csv`` file.
        target: The column of a ``.csv`` file that is y, or several; the others are x. Texts in a single column are
            classes, in sorted order.
        test_fraction: The part that is kept for the test, drawn with ``seed``.
    """

    source: str
    target: str | list[str] = ""
    test_fraction: float = 0.2
    seed: int = 0


@frozen
class VerificationPlan:
    """Whether every gradient is verified before training, and on how many examples."""

    examples: int = 8


@frozen
class TrainingPlan:
    """How to train: the arguments of ``Model.fit``."""

    epochs: int
    optimizer: str | Options = "adam"
    batch_size: int = 32
    shuffle: bool = True
    metrics: list[Any] = field(factory=list)
    callbacks: list[Any] = field(factory=list)


@frozen
class EvaluationPlan:
    """What to measure on the test data, and what must be reached."""

    metrics: list[Any] = field(factory=list)
    minimum: Options = field(factory=dict)


@frozen
class FilePlan:
    """Where the trained model is written."""

    model: str


@frozen
class Plan:
    """A whole experiment. ``model`` is what ``Model.from_spec`` takes."""

    data: DataPlan
    model: Options
    training: TrainingPlan
    title: str = ""
    verification: VerificationPlan | None = None
    evaluation: EvaluationPlan = EvaluationPlan()
    files: FilePlan | None = None


def read_plan(path: str | PathLike[str]) -> Plan:
    """Read an experiment from a TOML file.

    Raises:
        SpecError: The file cannot be read, is no TOML, or a key is unknown, missing, or of the wrong type; the
            message names the key.
    """
    file = require_regular_file(path, SpecError)
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as cause:
        raise SpecError(f"{path} cannot be read: {cause.strerror or cause}") from cause
    except (ValueError, RecursionError) as cause:
        raise SpecError(f"{path} is no TOML file: {cause!s:.200}") from cause
    plan: Plan = _structured(content, Plan, str(path))
    return plan


def _structured(value: object, cls: type, where: str) -> Any:
    """Make an instance of an attrs class from a mapping, key by key."""
    if not isinstance(value, Mapping):
        raise SpecError(f"{where} must be a table, and is {type(value).__name__}")
    hints = get_type_hints(cls)
    fields = {entry.name: entry for entry in attrs.fields(cls)}
    for key in value:
        if key not in fields:
            raise SpecError(f"{where}: unknown key {key!r:.60}{did_you_mean(str(key), fields)}")
    for name, entry in fields.items():
        if name not in value and entry.default is attrs.NOTHING:
            raise SpecError(f"{where}: the key {name!r} is missing")
    return cls(**{key: _typed(item, hints[key], f"{where}: {key}") for key, item in value.items()})


def _typed(value: object, wanted: Any, where: str) -> Any:
    allowed = get_args(wanted) if get_origin(wanted) in (Union, UnionType) else (wanted,)
    for kind in allowed:
        if attrs.has(kind):
            return _structured(value, kind, where)
    plain = tuple(get_origin(kind) or kind for kind in allowed)
    if isinstance(value, int) and not isinstance(value, bool) and float in plain and int not in plain:
        return float(value)
    if not isinstance(value, plain) or (isinstance(value, bool) and bool not in plain):
        names = " or ".join({"dict": "a table", "list": "a list"}.get(kind.__name__, kind.__name__) for kind in plain)
        raise SpecError(f"{where} must be {names}, and is {type(value).__name__}")
    return value
