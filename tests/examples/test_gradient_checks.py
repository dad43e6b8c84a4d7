"""The numbers of the course notebook, to its digits, and where they come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

Example = Callable[[str], ModuleType]


def test_one_dimension_gives_the_notebooks_number(example: Example) -> None:
    assert example("gradient_check_1d").check().relative_difference == 2.919335883291695e-10


def test_n_dimensions_give_the_notebooks_number_to_six_digits(example: Example) -> None:
    assert f"{example('gradient_check_nd').check().relative_difference:.5e}" == f"{1.19099393705803e-07:.5e}"


def test_the_stable_loss_is_a_hundred_times_better_and_a_better_step_another_hundred(example: Example) -> None:
    nd = example("gradient_check_nd")
    assert nd.check(stable=True).relative_difference == pytest.approx(1.1e-9, rel=0.1)
    assert nd.check(stable=True, step=1e-5).relative_difference < 2e-11


def test_the_model_has_the_same_gradients(example: Example) -> None:
    nd = example("gradient_check_nd")
    x, y, values = nd.draw()
    by_hand = nd.gradient(values, x, y)
    model, rows, targets = nd.make_model()
    loss, gradients = model.loss_and_gradients(rows, targets)
    assert loss == pytest.approx(nd.cost(values, x, y), abs=1e-12)
    for layer, number in (("0", "1"), ("2", "2"), ("4", "3")):
        np.testing.assert_allclose(gradients[f"{layer}.weight"].T, by_hand[f"W{number}"], rtol=0, atol=1e-12)
        np.testing.assert_allclose(gradients[f"{layer}.bias"], by_hand[f"b{number}"][:, 0], rtol=0, atol=1e-12)
    assert model.verify(rows, targets).passed


def test_the_picture_is_drawn(example: Example, tmp_path: Path) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    example("gradient_check_nd").plot(str(tmp_path / "steps.png"))
    assert (tmp_path / "steps.png").stat().st_size > 10_000
