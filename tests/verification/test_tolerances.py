"""Each tolerance is held by a test: its probe fails with a row that is four times as large, or a quarter.

Zeros and wrong signs fail even so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from attrs import evolve, fields

from nnframe.verification import Verdict
from nnframe.verification.floats import tolerance
from tests.verification import test_tolerance_probes as probes
from tests.verification.functions import elementwise

FOUR, QUARTER = 4.0, 0.25

PROBES: tuple[tuple[str, float, Callable[[], None]], ...] = (
    ("round_off", QUARTER, probes.test_round_off_accepts_a_float32_gradient),
    ("round_off", FOUR, probes.test_round_off_refuses_more_than_float32_leaves),
    ("own", QUARTER, probes.test_own_accepts_an_iteration_that_stops_early),
    ("own", FOUR, probes.test_own_refuses_a_factor_that_is_slightly_off),
    ("largest", QUARTER, probes.test_largest_accepts_a_small_error_beside_a_large_gradient),
    ("largest", FOUR, probes.test_largest_refuses_an_error_beside_a_large_gradient),
    ("sharp", QUARTER, probes.test_resolutions_accepts_zero_where_nothing_moves),
    ("sharp", FOUR, probes.test_sharp_refuses_an_error_that_noise_hides_at_the_first_step),
    ("curved", FOUR, probes.test_curved_refuses_the_slope_across_a_kink_nearby),
    ("sigmas", QUARTER, probes.test_sigmas_accepts_gradients_of_a_noisy_forward),
    ("sigmas", FOUR, probes.test_sigmas_refuses_an_error_above_the_noise),
    ("truncations", QUARTER, probes.test_truncations_accepts_gradients_of_a_fast_wave_with_noise),
    ("truncations", FOUR, probes.test_truncations_refuses_an_error_above_what_a_power_of_1_5_leaves),
    ("invisible", QUARTER, probes.test_invisible_accepts_zeros_that_are_known_well),
    ("invisible", FOUR, probes.test_invisible_refuses_zeros_that_noise_may_hide),
    ("resolutions", QUARTER, probes.test_resolutions_accepts_zero_where_nothing_moves),
    ("resolutions", FOUR, probes.test_resolutions_refuses_zero_where_noise_hides_a_slope),
    ("clearly", QUARTER, probes.test_clearly_accepts_a_noisy_element_beside_wrong_ones),
    ("blurred", FOUR, probes.test_blurred_refuses_an_error_beside_noisy_elements),
    ("sharper", QUARTER, probes.test_sharper_accepts_a_tiny_element_by_steps_in_its_own_units),
    ("linear", QUARTER, probes.test_linear_accepts_what_float32_leaves),
    ("linear", FOUR, probes.test_linear_refuses_a_float32_pullback_that_saturates),
    ("linear_own", QUARTER, probes.test_linear_own_accepts_an_iteration_that_stops_early),
    ("linear_own", FOUR, probes.test_linear_own_refuses_a_pullback_that_saturates),
    ("rounded", QUARTER, probes.test_rounded_recognizes_a_gradient_in_half_precision),
    ("rounded", FOUR, probes.test_rounded_does_not_take_coarser_steps_for_half_precision),
    ("gross", QUARTER, probes.test_gross_accepts_a_small_error_at_a_point_close_by),
    ("gross", FOUR, probes.test_gross_refuses_an_error_at_a_point_close_by),
    ("precision", QUARTER, probes.test_precision_accepts_the_arithmetic_of_float32),
    ("precision", FOUR, probes.test_precision_refuses_more_than_the_arithmetic_of_float32),
    ("limit", QUARTER, probes.test_limit_accepts_the_limit_of_a_curved_function),
    ("limit", FOUR, probes.test_limit_refuses_what_is_only_near_a_limit),
)


@pytest.mark.parametrize(
    ("row", "factor", "probe"),
    [pytest.param(*each, id=f"{each[0]}-{'four' if each[1] > 1 else 'quarter'}") for each in PROBES],
)
def test_changed_row_fails_its_probe(
    row: str, factor: float, probe: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_row(monkeypatch, row, factor)
    with pytest.raises(AssertionError):
        probe()


def change_row(monkeypatch: pytest.MonkeyPatch, row: str, factor: float) -> None:
    table = tolerance.TABLE
    monkeypatch.setattr(tolerance, "TABLE", evolve(table, **{row: factor * getattr(table, row)}))


ROWS = {each.name: each for each in fields(tolerance.Tolerances)}


def test_every_row_has_a_probe() -> None:
    assert {row for row, _, _ in PROBES} == set(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_row_names_one_of_its_probes(row: str) -> None:
    assert ROWS[row].metadata["test"] in {probe.__name__ for name, _, probe in PROBES if name == row}


@pytest.mark.parametrize("row", ROWS)
def test_description_shows_the_test_of_a_row(row: str) -> None:
    lines = tolerance.describe_tolerances().splitlines()
    assert next(line for line in lines if line.split()[0] == row).endswith(f"({ROWS[row].metadata['test']})")


CASES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], Any]] = {
    "cubic": (lambda x: x**3, lambda x: 3 * x**2, probes.VALUES),
    "float32": (np.tanh, lambda x: 1 - np.tanh(x) ** 2, probes.VALUES.astype(np.float32)),
    "noisy": (lambda x: np.sin(x) + 1e-8 * probes.make_noise(x), np.cos, probes.VALUES),
    "near a kink": (lambda x: np.maximum(x, 1.0), lambda x: 1.0 * (x > 1), np.array([1.0 + 1e-6])),
    "tiny element": (np.log, lambda x: 1 / x, np.array([1.0, 1e-9])),
}


@pytest.mark.parametrize("mistake", [0.0, -1.0], ids=["zero", "sign"])
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("row", ROWS)
def test_zero_and_wrong_sign_fail_with_four_of_each_row(
    row: str, name: str, mistake: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    value, derivative, x = CASES[name]
    change_row(monkeypatch, row, FOUR)
    assert probes.judge(elementwise(value, lambda x: mistake * derivative(x)), x) is Verdict.FAIL
