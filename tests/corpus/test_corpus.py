"""The corpus itself is right: its right functions are, its faults are wrong, and its names are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from tests.corpus.case import gradients_at, paths_of
from tests.corpus.catalogue import all_faults, right_cases, tricky_cases, truth
from tests.corpus.fault import relative_error
from tests.corpus.independent import differences, nearest, upstreams_of

RIGHT_NAMES = sorted(right_cases())
TRICKY_NAMES = sorted(tricky_cases())
NUMERIC = sorted(name for name, fault in all_faults().items() if not fault.behaviour and not fault.hidden)
BY_CONVENTION = {"mlp_relu_zero_weights": {"weight1", "bias1", "input"}, "mlp_relu_one_input_zero": {"input", "bias1"}}
"""Where many joints meet, the slope of relu at zero is zero by convention, and may lie outside those of the sum."""
HIDDEN = sorted(name for name, fault in all_faults().items() if fault.hidden)


@pytest.mark.parametrize("name", RIGHT_NAMES)
def test_right_functions_agree_with_differences_of_order_eight(name: str) -> None:
    point = right_cases()[name].build()
    upstream = upstreams_of(point, 1)[0]
    gradients = gradients_at(point, upstream)
    measured = [differences(point, upstream, step) for step in (2e-2, 1e-3)]
    for path, value in paths_of(point).items():
        errors = [relative_error(found[path], gradients[path]).max(initial=0.0) for found in measured]
        assert min(errors) < 1e-8, path
        assert np.shape(gradients[path]) == np.shape(value), path


@pytest.mark.parametrize("name", TRICKY_NAMES)
def test_tricky_gradients_lie_near_some_slope(name: str) -> None:
    case = tricky_cases()[name]
    point = case.build()
    for path, value in paths_of(point).items():
        upstream = upstreams_of(point, 1)[0]
        gradient = gradients_at(case.build(), upstream)[path]
        if gradient is not None and np.size(value) <= 64 and path not in BY_CONVENTION.get(name, ()):
            assert np.shape(gradient) == np.shape(value), path
            with np.errstate(all="ignore"):
                assert nearest(point, path, gradient, upstream) < 1e-3, path


@pytest.mark.parametrize("name", NUMERIC)
def test_every_fault_really_differs(name: str) -> None:
    assert truth(name).touched


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_faults_do_not_show_at_their_point(name: str) -> None:
    assert not truth(name).touched


def test_the_corpus_is_large_enough() -> None:
    visible = [name for name in NUMERIC if truth(name).visible]
    assert len(RIGHT_NAMES) >= 60
    assert len(visible) >= 250
    assert len(TRICKY_NAMES) >= 120


def test_every_build_gives_the_same_arrays_afresh() -> None:
    for name, case in {**right_cases(), **tricky_cases()}.items():
        one, two = paths_of(case.build()), paths_of(case.build())
        for path, value in one.items():
            assert np.array_equal(value, two[path]), name
            assert not np.shares_memory(value, two[path]), name
