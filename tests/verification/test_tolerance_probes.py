"""Probes of the tolerances: right gradients that a quarter of one refuses, wrong ones that four times one misses.

With the table as it is they all hold. ``test_tolerances`` changes the rows. The errors lie between what a row allows
and four times, or a quarter of, that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnframe.verification import Cause, Finding, Verdict, verify_pullback
from tests.verification.functions import Function, elementwise


def find(function: Function, x: Any) -> Finding:
    """The finding on the input's gradient."""
    with np.errstate(over="ignore"):
        return next(each for each in verify_pullback(function, {}, x).findings if each.path == "input")


def judge(function: Function, x: Any) -> Verdict:
    return find(function, x).verdict


def make_noise(x: Any) -> Any:
    """Numbers between -1 and 1 that change with the last digits of ``x``."""
    digits = np.sin(x * 1e7) * 1e5
    return 2 * (digits - np.floor(digits)) - 1


def sum_up(value: Callable[[Any], Any], derivative: Callable[[Any], Any]) -> Function:
    """y = Σ f(x_i): one output, so that one upstream scales all gradients."""
    return lambda p, x: (np.sum(value(x)), lambda u: (u * derivative(x), {}))


def compute_in_float64(error: float) -> Function:
    """A float32 gradient of a function that is computed in float64, and takes float32 only."""

    def function(p: Any, x: Any) -> Any:
        if x.dtype != np.float32:
            raise TypeError("expected float32")
        wide = x.astype(np.float64)
        return 3 * wide**2, lambda u: ((6 * wide * (1 + error) * u).astype(np.float32), {})

    return function


FLOATS = np.array([1.25, 1.5, 1.75], np.float32)


def test_round_off_accepts_a_float32_gradient() -> None:
    assert judge(compute_in_float64(2.7e-5), FLOATS) is Verdict.PASS


def test_round_off_refuses_more_than_float32_leaves() -> None:
    assert judge(compute_in_float64(6e-5), FLOATS) is Verdict.FAIL


def scale_cubic(error: float) -> Function:
    return sum_up(lambda x: x**3 + x**2, lambda x: (3 * x**2 + 2 * x) * (1 + error))


def test_own_accepts_an_iteration_that_stops_early() -> None:
    assert judge(scale_cubic(4.2e-7), np.array([0.7, 1.3, 0.4])) is Verdict.PASS


def test_own_refuses_a_factor_that_is_slightly_off() -> None:
    assert judge(scale_cubic(1.4e-6), np.array([0.7, 1.3, 0.4])) is Verdict.FAIL


def cube_beside_a_small_one(error: float) -> Function:
    """A derivative of 3, one of 3e-6, and an error in the small one."""
    size = np.array([1.0, 1e-6])
    return sum_up(lambda x: size * x**3, lambda x: size * 3 * x**2 + np.array([0.0, 3 * error]))


def test_largest_accepts_a_small_error_beside_a_large_gradient() -> None:
    assert judge(cube_beside_a_small_one(1e-7), np.ones(2)) is Verdict.PASS


def test_largest_refuses_an_error_beside_a_large_gradient() -> None:
    assert judge(cube_beside_a_small_one(4e-7), np.ones(2)) is Verdict.FAIL


def test_sharp_refuses_an_error_that_noise_hides_at_the_first_step() -> None:
    function = elementwise(lambda x: 1e5 + x**2, lambda x: 2 * x * (1 + 7e-7))
    assert judge(function, np.array([1.3])) is Verdict.FAIL


def test_curved_refuses_the_slope_across_a_kink_nearby() -> None:
    kink, jump = 1.25 + 2.0**-15, 0.045
    across = 1 + 0.375 * jump

    def compute_derivative(x: Any) -> Any:
        return np.where(np.abs(x - kink) < 2.0**-14, across, 1 + jump * (x > kink))

    function = elementwise(lambda x: x + jump * np.maximum(x - kink, 0), compute_derivative)
    assert judge(function, np.array([1.25])) is Verdict.FAIL


def wave_with_noise(frequency: float, noise: float) -> Function:
    return elementwise(
        lambda x: np.sin(frequency * x) + noise * make_noise(x), lambda x: frequency * np.cos(frequency * x)
    )


MANY = np.random.default_rng(1).uniform(1, 2, 400)


def test_sigmas_accepts_gradients_of_a_noisy_forward() -> None:
    assert judge(wave_with_noise(10.0, 1e-5), MANY) is Verdict.PASS


def test_sigmas_refuses_an_error_above_the_noise() -> None:
    def compute_derivative(x: Any) -> Any:
        return 9 * np.cos(9 * x) * np.exp(np.sin(9 * x)) * (1 + 5e-3)

    function = elementwise(lambda x: 1e9 + np.exp(np.sin(9 * x)), compute_derivative)
    assert judge(function, np.array([1.3])) is Verdict.FAIL


def test_truncations_accepts_gradients_of_a_fast_wave_with_noise() -> None:
    assert judge(wave_with_noise(30.0, 1e-6), MANY[:60]) is Verdict.PASS


def test_truncations_refuses_an_error_above_what_a_power_of_1_5_leaves() -> None:
    def compute_derivative(x: Any) -> Any:
        return 1 + 15 * np.sqrt(np.maximum(x, 0)) + 1.7e-4 * (x == 0)

    function = elementwise(lambda x: x + 10 * np.maximum(x, 0) ** 1.5, compute_derivative)
    assert judge(function, np.array([0.0])) is Verdict.FAIL


def zeros_beside_a_hidden_one(noise: float) -> Function:
    """Zeros beside an element that noise hides: PASS only where it does not hide them too."""
    noises, slopes = np.array([1e-2, noise, noise]), np.array([1e-2, 0.0, 0.0])
    return sum_up(lambda x: 1 + noises * make_noise(x) + slopes * x, lambda x: slopes + 0 * x)


def test_invisible_accepts_zeros_that_are_known_well() -> None:
    assert judge(zeros_beside_a_hidden_one(2e-10), np.array([1.1, 1.2, 1.3])) is Verdict.PASS


def test_invisible_refuses_zeros_that_noise_may_hide() -> None:
    assert judge(zeros_beside_a_hidden_one(1.1e-9), np.array([1.1, 1.2, 1.3])) is Verdict.INCONCLUSIVE


def zero_gradient(slope: float, noise: float) -> Function:
    return elementwise(lambda x: 1 + slope * x + noise * make_noise(x), lambda x: 0 * x)


def test_resolutions_accepts_zero_where_nothing_moves() -> None:
    assert judge(zero_gradient(0.0, 2e-7), np.array([1.1])) is Verdict.PASS


def test_resolutions_refuses_zero_where_noise_hides_a_slope() -> None:
    assert judge(zero_gradient(3e-6, 1e-6), np.array([1.1])) is Verdict.INCONCLUSIVE


def squares_with_noise(noises: Any, errors: Any) -> Function:
    """Elements that are judged by the noise of those that the whole ladder was used for."""
    return sum_up(lambda x: x**2 + noises * make_noise(x), lambda x: 2 * x * (1 + errors))


def test_clearly_accepts_a_noisy_element_beside_wrong_ones() -> None:
    noises, errors = np.array([0, 0, 0, 0, 0, 2e-10]), np.array([0.5, 0.5, 0.5, 0.5, 0, 0])
    found = find(squares_with_noise(noises, errors), np.array([1.1, 1.2, 1.3, 1.4, 1.5, 1.65]))
    assert found.wrong == ((0,), (1,), (2,), (3,))


def test_blurred_refuses_an_error_beside_noisy_elements() -> None:
    noises, errors = np.array([3e-8] * 4 + [0, 0]), np.array([0, 0, 0, 0, 0, 1e-6])
    assert judge(squares_with_noise(noises, errors), np.array([1.1, 1.2, 1.3, 1.4, 1.5, 1.6])) is Verdict.FAIL


def test_sharper_accepts_a_tiny_element_by_steps_in_its_own_units() -> None:
    size, tiny = 1e-14, np.array([0.0, 1.0])

    def compute_derivative(x: Any) -> Any:
        return 1 + tiny / np.cosh(np.minimum(tiny * x / size, 300)) ** 2

    function = elementwise(lambda x: 0.006 + x + size * np.tanh(tiny * x / size), compute_derivative)
    assert judge(function, np.array([1.0, 1e-14])) is Verdict.PASS


def square_with_saturation(error: float, dtype: type[np.floating[Any]]) -> Function:
    """In one precision the pullback is off for upstreams above 100."""

    def function(p: Any, x: Any) -> Any:
        return x**2, lambda u: (2 * x * u * (1 - error * (x.dtype == dtype and np.abs(u).max() > 100)), {})

    return function


VALUES = np.array([1.1, 2.2, 3.3])


def test_linear_accepts_what_float32_leaves() -> None:
    assert judge(square_with_saturation(4e-5, np.float32), VALUES.astype(np.float32)) is Verdict.PASS


def test_linear_refuses_a_float32_pullback_that_saturates() -> None:
    assert judge(square_with_saturation(2e-4, np.float32), VALUES.astype(np.float32)) is Verdict.FAIL


def test_linear_own_accepts_an_iteration_that_stops_early() -> None:
    assert judge(square_with_saturation(8e-7, np.float64), VALUES) is Verdict.PASS


def test_linear_own_refuses_a_pullback_that_saturates() -> None:
    assert judge(square_with_saturation(3e-6, np.float64), VALUES) is Verdict.FAIL


def square_with_rounded_gradient(places: int) -> Function:
    """The gradient has so many places in binary."""

    def round_off(gradient: Any) -> Any:
        mantissa, exponent = np.frexp(gradient)
        return np.ldexp(np.round(mantissa * 2.0**places) / 2.0**places, exponent)

    return lambda p, x: (x**2, lambda u: (round_off(2 * x * u), {}))


def test_rounded_recognizes_a_gradient_in_half_precision() -> None:
    assert find(square_with_rounded_gradient(9), np.linspace(1.1, 1.9, 30)).cause is Cause.LOW_PRECISION


def test_rounded_does_not_take_coarser_steps_for_half_precision() -> None:
    assert find(square_with_rounded_gradient(7), np.linspace(1.1, 1.9, 30)).cause is Cause.NOT_LINEAR_IN_UPSTREAM


def square_wrong_beside_integers(error: float) -> Function:
    return elementwise(lambda x: x**2, lambda x: 2 * x * (1 + error * (x != np.round(x))))


def test_gross_accepts_a_small_error_at_a_point_close_by() -> None:
    assert judge(square_wrong_beside_integers(4e-4), np.array(3.0)) is Verdict.PASS


def test_gross_refuses_an_error_at_a_point_close_by() -> None:
    assert judge(square_wrong_beside_integers(1.6e-3), np.array(3.0)) is Verdict.FAIL


def square_wrong_in_float32(error: float) -> Function:
    return elementwise(lambda x: x**2, lambda x: 2 * x * (1 + error * (x.dtype == np.float32)))


def test_precision_accepts_the_arithmetic_of_float32() -> None:
    assert judge(square_wrong_in_float32(3e-5), VALUES.astype(np.float32)) is Verdict.PASS


def test_precision_refuses_more_than_the_arithmetic_of_float32() -> None:
    assert judge(square_wrong_in_float32(1e-4), VALUES.astype(np.float32)) is Verdict.FAIL


def sort_and_weight(growth: float, error: float) -> Function:
    """``w (exp(k s) - 1) / k`` of sorted numbers; of equal ones the middle has a slope outside those of the others."""
    factors, weights = np.array([1.0, 2.0, 4.0]), np.array([1.0, 4.0, 2.0])

    def function(p: Any, x: Any) -> Any:
        order = np.argsort(factors * x, kind="stable")
        ordered = (factors * x)[order] - 1.6

        def pullback(u: Any) -> Any:
            gradient = np.zeros(3)
            gradient[order] = weights * np.exp(growth * ordered) * u
            gradient[1] *= 1 + error * (np.ptp(ordered) == 0)
            return gradient * factors, {}

        return weights * np.expm1(growth * ordered) / growth, pullback

    return function


TIED = np.array([1.6, 0.8, 0.4])


def test_limit_accepts_the_limit_of_a_curved_function() -> None:
    assert judge(sort_and_weight(40.0, 0.0), TIED) is Verdict.KINK


def test_limit_refuses_what_is_only_near_a_limit() -> None:
    assert judge(sort_and_weight(1.0, 1.7e-5), TIED) is Verdict.FAIL
