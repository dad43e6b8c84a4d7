"""Plan: what an experiment file says, checked before anything is run."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from os import PathLike
from typing import Any

from attrs import Attribute, field, frozen

from nnframe.checks import whole_from_one
from nnframe.errors import SpecError
from nnframe.paths import read_text, show_path
from nnframe.schema import read_into

__all__ = ["DataPlan", "EvaluationPlan", "FilePlan", "Plan", "TrainingPlan", "VerificationPlan", "read_plan"]

Options = dict[str, Any]

LARGEST, DEEPEST = 2**20, 48
"""The most bytes of a file, and how deep it may be nested."""


def _reachable(instance: object, field: Attribute[Any], value: dict[str, float]) -> None:
    """Refuse minima that no number reaches."""
    for name, least in value.items():
        if not math.isfinite(least):
            raise ValueError(f"{field.name}: {name} must be a finite number, and is {least}")


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

    examples: int = field(default=8, validator=whole_from_one)


@frozen
class TrainingPlan:
    """How to train: the arguments of ``Model.fit``."""

    epochs: int = field(validator=whole_from_one)
    optimizer: str | Options = "adam"
    batch_size: int = field(default=32, validator=whole_from_one)
    shuffle: bool = True
    metrics: list[Any] = field(factory=list)
    callbacks: list[Any] = field(factory=list)


@frozen
class EvaluationPlan:
    """What to measure on the test data, and what must be reached: the least value of each measure, by its name."""

    metrics: list[Any] = field(factory=list)
    minimum: dict[str, float] = field(factory=dict, validator=_reachable)


@frozen
class FilePlan:
    """Where the trained model is written, if it reached every minimum."""

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
    text = read_text(path, "TOML file", LARGEST, SpecError)
    try:
        content = tomllib.loads(text)
    except RecursionError as cause:
        raise SpecError(f"{show_path(path)} is no TOML file that can be read: it is nested too deep") from cause
    except ValueError as cause:
        raise SpecError(f"{show_path(path)} is no TOML file: {cause}") from cause
    _check_values(content, str(path), 0)
    return read_into(Plan, content, str(path), SpecError)


def _check_values(value: object, where: str, depth: int) -> None:
    """Refuse what TOML leaves to its readers: whole numbers of more than 64 bits, and tables without a bottom."""
    if depth > DEEPEST:
        raise SpecError(f"{where} is nested more than {DEEPEST} deep")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise SpecError(f"{where} is a whole number of {value.bit_length()} bits: TOML has 64")
    if isinstance(value, Mapping):
        for key, entry in value.items():
            _check_values(entry, f"{where}: {key:.60}", depth + 1)
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            _check_values(entry, f"{where}: entry {number}", depth + 1)
