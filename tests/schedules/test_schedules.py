"""Schedules: formulas, units, what follows what, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from nnframe import registry
from nnframe.errors import ConfigurationError, SpecError
from nnframe.interfaces import Progress
from nnframe.schedules import (
    Constant,
    InverseTime,
    Linear,
    MultiStep,
    Noam,
    OneCycle,
    OnPlateau,
    Sequence,
    Step,
    WarmUp,
)


def test_noam_by_the_formula_of_the_paper() -> None:
    schedule = Noam(features=512, warm_up=4000)
    for step in (1, 100, 4000, 100_000):
        expected = 512**-0.5 * min(step**-0.5, step * 4000**-1.5)
        assert schedule(Progress(step=step - 1)) == pytest.approx(expected, rel=1e-14)


def test_inverse_time_by_its_formula() -> None:
    assert InverseTime(0.4, factor=0.5, every=10)(Progress(step=20)) == pytest.approx(0.4 / 2)


def test_a_schedule_counts_epochs_where_it_is_told_to() -> None:
    schedule = Step(1.0, every=2, factor=0.5, unit="epoch")
    assert [schedule(Progress(step=99 * epoch, epoch=epoch)) for epoch in range(5)] == [1, 1, 0.5, 0.5, 0.25]


def test_a_later_schedule_starts_its_own_clock_and_its_own_memory() -> None:
    schedule = Sequence((Constant(1.0), OnPlateau(0.5, factor=0.1, patience=0)), milestones=(2,), unit="epoch")
    seen = (1.0, 5.0, 5.0)
    assert schedule(Progress(step=30, epoch=3, steps_per_epoch=10, monitored=seen)) == 0.5
    assert schedule(Progress(step=40, epoch=4, steps_per_epoch=10, monitored=(*seen, 6.0))) == pytest.approx(0.05)


def test_steps_and_epochs_go_together_across_a_milestone() -> None:
    schedule = Sequence((Constant(1.0), Linear(1.0, 0.0, length=10)), milestones=(2,), unit="epoch")
    assert schedule(Progress(step=25, epoch=2, steps_per_epoch=10)) == 0.5


def test_a_warm_up_ends_where_the_schedule_begins() -> None:
    schedule = WarmUp(Linear(1.0, 0.0, length=10), length=4, start=0.0)
    assert [schedule(Progress(step=step)) for step in (0, 2, 4, 9)] == [0.0, 0.5, 1.0, 0.5]


def test_a_plateau_after_a_value_that_is_not_a_number_is_still_seen() -> None:
    schedule = OnPlateau(1.0, factor=0.5, patience=1)
    assert schedule(Progress(monitored=(math.nan, 3.0, 2.0, 2.0))) == 1.0
    assert schedule(Progress(monitored=(math.nan, 3.0, 3.0, 3.0))) == 0.5


def test_negative_values_that_stand_still_are_a_plateau() -> None:
    assert OnPlateau(1.0, factor=0.5, patience=0)(Progress(monitored=(-1.0, -1.0))) == 0.5


def test_the_cycle_starts_low_peaks_and_ends_lower() -> None:
    schedule = OneCycle(1.0, length=100, rising=0.25, rise=10.0, fall=100.0)
    assert schedule(Progress(step=0)) == pytest.approx(0.1)
    assert schedule(Progress(step=24)) == pytest.approx(1.0)
    assert schedule(Progress(step=99)) == schedule(Progress(step=500)) == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("part", "options", "message"),
    [
        (Step, {"base": 1.0, "every": 0}, "every must be a whole number from 1"),
        (Step, {"base": -1.0, "every": 1}, "base must be"),
        (Step, {"base": 1.0, "every": 1, "unit": "day"}, "unit"),
        (MultiStep, {"base": 1.0, "milestones": (5, 3)}, "rising order"),
        (Sequence, {"schedules": (Constant(1.0),), "milestones": (3,)}, "1 schedules need 0 milestones"),
        (WarmUp, {"then": -1.0, "length": 3}, "then must be"),
        (OnPlateau, {"base": 1.0, "patience": -1}, "patience"),
    ],
)
def test_bad_options_are_refused(part: Any, options: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        part(**options)


def test_a_sequence_goes_into_a_spec_and_back() -> None:
    schedule = Sequence((WarmUp(0.1, length=5), Step(0.1, every=3)), milestones=(10,))
    spec = registry.spec_of(schedule)
    assert registry.schedules.resolve(spec) == schedule
    with pytest.raises(SpecError):
        registry.schedules.resolve({"name": "warm_up", "then": {"name": "cosine", "bse": 1.0}, "length": 3})
