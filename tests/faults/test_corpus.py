"""The corpus holds what it says, by means that know nothing of the verifier."""

from __future__ import annotations

import numpy as np
import pytest

from tests.faults.case import Case
from tests.faults.corpus import FAULTS, RIGHT, TRICKY
from tests.faults.independent import FINE, derivative_error
from tests.faults.truth import truth_of

LARGE = 120
"""Cases with more elements than this are left to the check of their function at its own point."""


def elements(case: Case) -> int:
    """How many there are in all variables."""
    return sum(np.size(value) for value in case.build().variables().values())


SMOOTH = {name: case for name, case in TRICKY.items() if case.tolerance is not None and not case.kinks}
CHECKED = sorted(name for name, case in SMOOTH.items() if elements(case) <= LARGE)
KINKS = sorted(name for name, case in TRICKY.items() if case.kinks and case.dtype is np.float64)
CAUSES = {
    *("SCALE", "SIGN", "ZERO", "BATCH_MEAN", "TRANSPOSED", "PERMUTED", "WRONG_AXIS_SUM", "MISSING_BROADCAST_SUM"),
    *("MISSING_TERM", "EXTRA_TERM", "UPSTREAM_IGNORED", "NOT_LINEAR_IN_UPSTREAM", "STALE", "NOT_ACCUMULATED"),
    *("SECOND_CALL_DIFFERS", "MUTATES_INPUT", "MUTATES_UPSTREAM", "ALIASED", "NOT_DETERMINISTIC", "NON_FINITE"),
    *("WRONG_SHAPE", "WRONG_DTYPE", "LOW_PRECISION", "SPARSE_ELEMENTS", "WRONG_DERIVATIVE", "MISSING_GRADIENT"),
}


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(RIGHT) >= 70
    assert len(FAULTS) >= 260
    assert len(TRICKY) >= 130


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_right_pullback_is_the_derivative(name: str) -> None:
    point = RIGHT[name].build()
    assert {path: derivative_error(point, path) for path in point.variables()} == pytest.approx(
        dict.fromkeys(point.variables(), 0), abs=1e-8
    )


@pytest.mark.parametrize("name", CHECKED)
def test_a_tricky_pullback_is_the_derivative_at_its_point(name: str) -> None:
    point = TRICKY[name].build()
    with np.errstate(all="ignore"):
        errors = {path: derivative_error(point, path, FINE) for path in point.variables()}
    assert max(errors.values()) < (TRICKY[name].tolerance or 0), errors


@pytest.mark.parametrize("name", KINKS)
def test_a_value_at_a_kink_is_the_derivative_at_a_point_close_by_or_between_two(name: str) -> None:
    point = TRICKY[name].build()
    upstream = point.upstreams(2)[1]
    rng, near = np.random.default_rng(3), []
    for _ in range(40):
        moved = point
        for path, value in point.variables().items():
            moved = moved.moved(path, np.asarray(value + 1e-6 * rng.normal(size=np.shape(value))))
        near.append(moved.gradients(upstream))
    for path, gradient in point.gradients(upstream).items():
        if gradient is not None:
            slopes = np.stack([each[path] for each in near])
            slack = 1e-4 * (1 + np.abs(slopes).max())
            assert np.all(gradient >= slopes.min(axis=0) - slack)
            assert np.all(gradient <= slopes.max(axis=0) + slack)


@pytest.mark.parametrize("name", sorted(name for name, fault in FAULTS.items() if not fault.behaviour))
def test_a_fault_is_wrong_where_it_says_so(name: str) -> None:
    truth = truth_of(FAULTS[name])
    assert bool(truth.visible) is not FAULTS[name].hidden


def test_faults_declare_causes_that_there_are() -> None:
    assert {cause for fault in FAULTS.values() for cause in fault.causes | fault.also} <= CAUSES


def test_a_case_is_the_same_at_every_build() -> None:
    for case in [*RIGHT.values(), *TRICKY.values()]:
        first, second = case.build().variables(), case.build().variables()
        assert all(np.array_equal(first[path], second[path]) for path in first), case.name
