"""Where the data of an experiment come from, and how they are divided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from nnframe.datasets import BUNDLED, load_bundled, load_csv, load_npz
from nnframe.errors import DataError, SpecError
from nnframe.experiment.plan import DataPlan
from nnframe.text import quote

__all__ = ["Division", "load_division"]

_SEEDS = 2**63


@frozen(eq=False)
class Division:
    """Examples to train with, and examples to test with."""

    x: NDArray[Any]
    y: NDArray[Any]
    x_test: NDArray[Any]
    y_test: NDArray[Any]


def load_division(plan: DataPlan, folder: Path) -> Division:
    """Load the data of a plan and divide them at random, always alike for one seed.

    Args:
        plan: Which data.
        folder: What a relative path in the plan is relative to.

    Raises:
        SpecError: There is no such source, or a key of the plan does not go with it.
        DataError: The file has no x and y, or too few examples, or cannot be read.
        MissingDependencyError: scikit-learn has the data, and is not installed.
    """
    if not 0 < plan.test_fraction < 1:
        raise SpecError(f"data: test_fraction must lie between 0 and 1, and is {plan.test_fraction}")
    if not 0 <= plan.seed < _SEEDS:
        raise SpecError(f"data: seed must be a whole number from 0 and below 2**63, and is {quote(plan.seed)}")
    x, y = _load(plan, folder)
    kept = round(len(x) * plan.test_fraction)
    if len(x) != len(y) or not 0 < kept < len(x):
        raise DataError(f"{plan.source}: {len(x)} inputs and {len(y)} targets cannot be divided")
    order = np.random.default_rng(plan.seed).permutation(len(x))
    train, test = order[kept:], order[:kept]
    return Division(x[train], y[train], x[test], y[test])


def _load(plan: DataPlan, folder: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    path = folder / plan.source
    kind = path.suffix.lower()
    if kind == ".csv":
        return load_csv(path, target=_read_target(plan), classes="sorted" if isinstance(plan.target, str) else None)
    if plan.target:
        raise SpecError(f"data: target names a column of a .csv file, and source is {plan.source!r:.60}: leave it out")
    if plan.source in BUNDLED:
        return load_bundled(plan.source)
    if kind == ".npz":
        return load_npz(path)
    known = f"one of {', '.join(BUNDLED)}, or a .npz or .csv file"
    raise SpecError(f"data: source must be {known}; got {plan.source!r:.60}")


def _read_target(plan: DataPlan) -> str | list[str]:
    named = [plan.target] if isinstance(plan.target, str) else plan.target
    if named and all(isinstance(name, str) and name for name in named):
        return plan.target
    raise SpecError(
        f"data: a .csv file needs the key 'target', the name of the column that is y, or a list of names; got "
        f"{quote(plan.target)}"
    )
