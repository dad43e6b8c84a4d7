"""Tolerances: what may lie between a right gradient and a measured derivative besides the error bar of the measurement.

All of them are rows of one table. Each is relative to the gradient itself or to the noise of the forward, so that none
lets a zero or a gradient of the wrong sign through.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import Attribute, field, fields, frozen

from nnframe.arrays import Array

__all__ = ["TABLE", "Tolerances", "compute_allowance", "compute_reference", "describe_tolerances"]


def _row(value: float, purpose: str, *, test: str) -> Any:
    """A row; ``test`` fails where it is too wide or, of rows that let nothing through by themselves, too narrow.

    The tests are those of tests/verification/test_tolerance_probes.py.
    """
    return field(default=value, metadata={"purpose": purpose, "test": test})


@frozen
class Tolerances:
    """The table.

    >>> Tolerances().own
    4e-07
    """

    round_off: float = _row(
        32.0,
        "units of round-off of a pullback, of all that it summed and of the largest element of its array",
        test="test_round_off_refuses_more_than_float32_leaves",
    )
    own: float = _row(
        4e-7,
        "of a derivative itself: what iterations that stop early, and rational approximations, leave; also of the "
        "slopes on both sides of a kink",
        test="test_own_refuses_a_factor_that_is_slightly_off",
    )
    largest: float = _row(
        2e-7,
        "of the array's largest derivative: elements this small do not count beside it",
        test="test_largest_refuses_an_error_beside_a_large_gradient",
    )
    sharp: float = _row(
        1e-7,
        "of a derivative, and of the array's largest: agreement after one or two steps that needs no more of them",
        test="test_sharp_refuses_an_error_that_noise_hides_at_the_first_step",
    )
    curved: float = _row(
        2.0**-7,
        "between the slopes on both sides: more than a gentle curve makes them differ",
        test="test_curved_refuses_the_slope_across_a_kink_nearby",
    )
    sigmas: float = _row(
        6.0,
        "units of the forward's noise in the error bar of a slope",
        test="test_sigmas_refuses_an_error_above_the_noise",
    )
    truncations: float = _row(
        2.0,
        "times the truncation that is left, in the error bar of a slope",
        test="test_truncations_refuses_an_error_above_what_a_power_of_1_5_leaves",
    )
    invisible: float = _row(
        1e-6,
        "of the array's largest derivative: an error bar below it hides nothing that matters",
        test="test_invisible_refuses_zeros_that_noise_may_hide",
    )
    resolutions: float = _row(
        200.0,
        "times what the output resolves: a derivative below that is numerically zero",
        test="test_resolutions_refuses_zero_where_noise_hides_a_slope",
    )
    clearly: float = _row(
        3.0,
        "error bars, from which on an element is wrong by the noise that others showed",
        test="test_clearly_accepts_a_noisy_element_beside_wrong_ones",
    )
    blurred: float = _row(
        1e-3,
        "of the array's largest derivative: an error bar above it settles nothing early",
        test="test_blurred_refuses_an_error_beside_noisy_elements",
    )
    sharper: float = _row(
        0.1,
        "of an error: the bar that a second opinion in other units must have to excuse it",
        test="test_sharper_accepts_a_tiny_element_by_steps_in_its_own_units",
    )
    linear: float = _row(
        512.0,
        "units of round-off between a pullback of a sum and the sum of pullbacks",
        test="test_linear_refuses_a_float32_pullback_that_saturates",
    )
    linear_own: float = _row(
        1e-6, "of the largest gradient, between the same two", test="test_linear_own_refuses_a_pullback_that_saturates"
    )
    rounded: float = _row(
        2.0**-9,
        "of the largest gradient: what rounding to half precision leaves",
        test="test_rounded_does_not_take_coarser_steps_for_half_precision",
    )
    gross: float = _row(
        4e-4,
        "of a slope at a generic point: errors below it are not called gross",
        test="test_gross_refuses_an_error_at_a_point_close_by",
    )
    precision: float = _row(
        256.0,
        "units of a narrow dtype between its gradient and that in float64",
        test="test_precision_refuses_more_than_the_arithmetic_of_float32",
    )
    limit: float = _row(
        64.0,
        "distances between a point and others close by, between a gradient and its limit there",
        test="test_limit_refuses_what_is_only_near_a_limit",
    )


TABLE = Tolerances()
"""The tolerances that are used."""


def describe_tolerances() -> str:
    """Return the table as text, a line for each row: name, value, purpose, and the test that holds it.

    >>> print(describe_tolerances().splitlines()[0][:44])
    round_off    32      units of round-off of a
    """
    rows: tuple[Attribute[float], ...] = fields(Tolerances)
    return "\n".join(
        f"{row.name:<12} {getattr(TABLE, row.name):<7.3g} {row.metadata['purpose']} ({row.metadata['test']})"
        for row in rows
    )


def compute_reference(analytic: Array, numeric: Array, scales: Array) -> Array:
    """Return (upstreams, 1): the size of the array's largest gradient; the smaller of both sides.

    Args:
        analytic: (upstreams, lines) slopes predicted.
        numeric: (upstreams, lines) slopes measured; NaN where they were not.
        scales: (lines,) the length of each line's direction.
    """
    both = [np.abs(each) / scales for each in (analytic, numeric)]
    largest = [np.where(np.isfinite(each), each, 0.0).max(axis=1, keepdims=True, initial=0.0) for each in both]
    return np.asarray(np.minimum(largest[0], largest[1]))


def compute_allowance(
    numeric: Array, size: Array, terms: Array, largest: Array, unit: float, *, strict: bool = False
) -> Array:
    """Return what may lie between a right gradient and its measured value, besides the error bar.

    Args:
        numeric: (upstreams, lines) measured slopes.
        size: What the predicted slopes were summed from.
        terms: What the measured slopes were summed from.
        largest: The size of the array's largest gradient.
        unit: The unit round-off of the pullback.
        strict: Round-off alone (for directions, where a relative term would cover a whole element).
    """
    round_off = TABLE.round_off * unit * (size + terms + largest)
    if strict:
        return round_off
    relative = max(TABLE.own, 4 * TABLE.round_off * unit)
    return np.asarray(round_off + relative * np.abs(numeric) + max(TABLE.largest, TABLE.round_off * unit) * largest)
