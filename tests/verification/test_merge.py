"""From evidence to a finding: the written order, as a table; and nothing of the evidence is changed."""

from __future__ import annotations

import copy
from typing import Any

import attrs
import numpy as np
import pytest

from nnframe.verification import Cause, Verdict
from nnframe.verification.comparison.evidence import (
    FAILED,
    KINK,
    PASSED,
    UNDECIDED,
    UNNOTICED,
    ZERO,
    Accusal,
    Charge,
    Excuse,
    Lines,
    Measurement,
    Tally,
)
from nnframe.verification.diagnosis.case import Explanation
from nnframe.verification.diagnosis.finding import Decision, PathEvidence, decide, merge
from nnframe.verification.numerical.partition import Partition

STATES = {
    "passed": PASSED,
    "zero": ZERO,
    "kink": KINK,
    "unnoticed": UNNOTICED,
    "undecided": UNDECIDED,
    "failed": FAILED,
}
P, K, I, F = Verdict.PASS, Verdict.KINK, Verdict.INCONCLUSIVE, Verdict.FAIL  # noqa: E741 - read as a table


def measure(*states: str, by_directions: int = 0, wrong_direction: bool = False) -> Measurement:
    """A gradient with one element in each state, of which all are kept; only zeros do not move."""
    lines = Lines(np.array([[{"zero": 0.0}.get(each, 1.0) for each in states]] * 2), np.arange(len(states)))
    numeric = {"passed": 1.0, "zero": 0.0, "kink": 0.5, "unnoticed": 1.0, "undecided": np.nan, "failed": 3.0}
    lines.numeric[:] = [numeric[each] for each in states]
    lines.bar[:] = np.where(np.isnan(lines.numeric), np.nan, 1e-6)
    lines.state = np.array([STATES[each] for each in states], dtype=np.int8)
    tally = Tally((len(states),))
    tally.add(lines)
    partition = Partition((len(states),), (1,))
    return Measurement(lines, tally, partition, by_directions=by_directions, wrong_direction=wrong_direction)


def excuse(*elements: int, state: int = KINK) -> Excuse:
    return Excuse("w", np.array(elements, dtype=np.intp), state)


def accuse(*elements: int) -> Accusal:
    return Accusal("w", np.array(elements, dtype=np.intp), np.full((2, len(elements)), 0.25))


def find(measurement: Measurement, excuses: Any = (), accusals: Any = (), **more: Any) -> Any:
    decision = decide(measurement, excuses, accusals)
    return merge(PathEvidence("w", (len(measurement.lines.index),), decision=decision, **more))


#              passed  zero  kink  unnoticed  undecided  failed      the second element
PAIRS: dict[str, tuple[Verdict, ...]] = {
    "passed": (P, P, K, P, I, F),
    "zero": (P, P, K, I, I, F),
    "kink": (K, K, K, K, I, F),
    "unnoticed": (P, I, K, I, I, F),
    "undecided": (I, I, I, I, I, F),
    "failed": (F, F, F, F, F, F),
}
#                              with the second element excused at a kink
EXCUSED: dict[str, Verdict] = {"passed": K, "zero": K, "kink": K, "unnoticed": K, "undecided": I, "failed": F}
#                              with the second element excused because the budget did not allow to ask
UNASKED: dict[str, Verdict] = {"passed": I, "zero": I, "kink": I, "unnoticed": I, "undecided": I, "failed": F}


@pytest.mark.parametrize("first", STATES)
@pytest.mark.parametrize("second", STATES)
def test_two_elements_of_one_gradient_have_the_verdict_of_the_table(first: str, second: str) -> None:
    assert find(measure(first, second)).verdict is PAIRS[first][list(STATES).index(second)]


@pytest.mark.parametrize("first", STATES)
@pytest.mark.parametrize("second", STATES)
def test_an_excused_element_counts_as_what_it_is_excused_as(first: str, second: str) -> None:
    assert find(measure(first, second), [excuse(1)]).verdict is EXCUSED[first]
    assert find(measure(second, first), [excuse(0, state=UNDECIDED)]).verdict is UNASKED[first]


@pytest.mark.parametrize("first", STATES)
@pytest.mark.parametrize("second", STATES)
def test_an_accused_element_is_wrong_whatever_was_measured(first: str, second: str) -> None:
    finding = find(measure(first, second), [], [accuse(1)])
    assert finding.verdict is Verdict.FAIL
    assert finding.wrong == (((0,), (1,)) if first == "failed" else ((1,),))
    assert finding.wrong_count == len(finding.wrong)


@pytest.mark.parametrize("first", STATES)
@pytest.mark.parametrize("second", STATES)
def test_who_is_accused_is_wrong_also_where_he_is_excused(first: str, second: str) -> None:
    finding = find(measure(first, second), [excuse(0, 1)], [accuse(1)])
    assert finding.verdict is Verdict.FAIL
    assert finding.wrong == ((1,),)
    excused = find(measure(first, second), [excuse(0, 1), excuse(1, state=UNDECIDED)], [accuse(0)])
    assert excused.wrong == ((0,),)


def test_one_gradient_with_excused_and_accused_elements() -> None:
    states = ("failed", "failed", "kink", "passed", "failed", "undecided")
    measurement = measure(*states)
    decision = decide(measurement, [excuse(0, 4), excuse(5, state=UNDECIDED)], [accuse(4, 2)])
    assert decision.lines.state.tolist() == [KINK, FAILED, FAILED, PASSED, FAILED, UNDECIDED]
    assert decision.counts.tolist() == [1, 1, 0, 1, 0, 3]
    assert decision.wrong is not None
    assert np.flatnonzero(decision.wrong).tolist() == [1, 2, 4]
    finding = merge(PathEvidence("w", (6,), decision=decision))
    assert (finding.verdict, finding.wrong, finding.wrong_count) == (Verdict.FAIL, ((1,), (2,), (4,)), 3)


def test_the_derivative_of_accused_elements_is_what_they_are_off_above_their_gradients() -> None:
    off = np.array([[0.5, 0.25, 4.0], [1.0, 2.0, 8.0]])
    accusal = Accusal("w", np.array([2, 0, 1]), off)  # in no order
    decision = decide(measure("kink", "kink", "kink", "passed"), [], [accusal])
    np.testing.assert_array_equal(decision.lines.numeric, 1 + np.array([[0.25, 4.0, 0.5, 0.0], [2.0, 8.0, 1.0, 0.0]]))


def test_elements_that_are_not_kept_count_as_they_were_measured() -> None:
    """Of a large gradient only what is not right is kept; an excuse changes the counts of these alone."""
    measurement = measure("failed", "kink")
    measurement.tally.shape = (5,)
    measurement.tally.counts[PASSED] += 3
    measurement.tally.wrong = np.array([True, False, False, False, False])
    measurement = attrs.evolve(measurement, whole=False)
    decision = decide(measurement, [excuse(0)])
    assert decision.counts.tolist() == [0, 3, 0, 2, 0, 0]
    assert decision.wrong is None
    finding = merge(PathEvidence("w", (5,), decision=decision))
    assert finding.verdict is Verdict.KINK
    assert finding.coverage is not None
    assert (finding.coverage.one_by_one, finding.coverage.total) == (5, 5)


def test_a_wrong_element_that_is_not_kept_stays_wrong_when_another_is_excused() -> None:
    measurement = measure("failed", "kink")
    measurement.tally.shape = (5,)
    measurement.tally.counts[FAILED] += 1
    measurement.tally.wrong = np.array([True, False, False, False, True])
    decision = decide(measurement, [excuse(0)])
    finding = merge(PathEvidence("w", (5,), decision=decision))
    assert (finding.verdict, finding.wrong, finding.wrong_count) == (Verdict.FAIL, ((4,),), 1)


@pytest.mark.parametrize("state", STATES)
def test_a_direction_that_disagrees_fails_whatever_its_elements_say(state: str) -> None:
    assert find(measure(state, wrong_direction=True)).verdict is Verdict.FAIL
    assert find(measure(state, wrong_direction=True), [excuse(0)]).verdict is Verdict.FAIL


@pytest.mark.parametrize(("state", "verdict"), list(zip(STATES, (P, P, K, I, I, F), strict=True)))
def test_directions_that_agree_do_not_cover_what_an_element_says(state: str, verdict: Verdict) -> None:
    assert find(measure(state, by_directions=1)).verdict is verdict


def test_directions_alone_pass() -> None:
    measurement = attrs.evolve(measure(), by_directions=9)
    assert merge(PathEvidence("w", (9,), decision=decide(measurement))).verdict is Verdict.PASS


def test_only_zeros_are_numerically_zero() -> None:
    assert find(measure("zero", "zero")).numerically_zero
    assert not any(find(measure("zero", other)).numerically_zero for other in STATES if other != "zero")


@pytest.mark.parametrize(
    ("spent", "shape", "verdict"),
    [(True, (3,), I), (False, (3,), P), (True, None, I), (False, None, P)],
)
def test_what_was_not_measured_passes_only_if_the_budget_allowed_it(spent: bool, shape: Any, verdict: Verdict) -> None:
    assert merge(PathEvidence("w", shape, spent=spent)).verdict is verdict


@pytest.mark.parametrize(("state", "verdict"), list(zip(STATES, (I, I, I, I, I, F), strict=True)))
def test_what_not_every_check_was_made_of_neither_passes_nor_fails_for_it(state: str, verdict: Verdict) -> None:
    assert find(measure(state), spent=True).verdict is verdict
    assert find(measure(state, by_directions=1), spent=True).verdict is verdict
    assert find(measure(state), spent=True, others=[Charge("w", Cause.STALE, "stale")]).verdict is Verdict.FAIL


CAUSES = [None, *Cause]


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("state", STATES)
def test_a_charge_of_a_precondition_fails_whatever_was_measured(cause: Cause | None, state: str) -> None:
    finding = find(measure(state), preconditions=[Charge("w", cause, "first"), Charge("w", Cause.ZERO, "second")])
    assert (finding.verdict, finding.cause, finding.hint) == (Verdict.FAIL, cause, "first")


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("state", STATES)
def test_a_charge_of_a_later_check_counts_where_nothing_was_measured_to_be_wrong(
    cause: Cause | None, state: str
) -> None:
    explanation = Explanation(Cause.SCALE, "twice", 2.0) if state == "failed" else None
    finding = find(measure(state), others=[Charge("w", cause, "elsewhere")], explanation=explanation)
    expected = (Cause.SCALE, "twice") if state == "failed" else (cause, "elsewhere")
    assert finding.verdict is Verdict.FAIL
    assert (finding.cause, finding.hint) == expected


def test_a_precondition_goes_before_a_mistake_and_that_before_other_checks() -> None:
    mistake = Explanation(Cause.SIGN, "negative", -1.0, 0.0)
    before, after = Charge("w", Cause.STALE, "stale"), Charge("w", Cause.LOW_PRECISION, "rounded")
    assert find(measure("failed"), preconditions=[before], others=[after], explanation=mistake).cause is Cause.STALE
    assert find(measure("failed"), others=[after], explanation=mistake).cause is Cause.SIGN
    assert find(measure("passed"), preconditions=[before], others=[after]).cause is Cause.STALE
    assert find(measure("passed"), others=[after, before]).cause is Cause.LOW_PRECISION


def test_a_charge_names_its_elements_where_none_was_measured_to_be_wrong() -> None:
    charge = Charge("w", Cause.LOW_PRECISION, "rounded", ((0,), (1,)), 7)
    finding = find(measure("passed", "kink"), others=[charge])
    assert (finding.wrong, finding.wrong_count) == (((0,), (1,)), 7)
    finding = find(measure("passed", "failed"), preconditions=[charge])
    assert (finding.wrong, finding.wrong_count) == (((1,),), 1)


def test_a_charge_without_a_measurement_fails() -> None:
    for spent in (False, True):
        finding = merge(PathEvidence("forward", None, [Charge("forward", Cause.NON_FINITE, "NaN")], spent=spent))
        assert (finding.verdict, finding.cause) == (Verdict.FAIL, Cause.NON_FINITE)


def freeze(value: Any) -> Any:
    """Every number in some evidence, to the bit."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if attrs.has(type(value)):
        return type(value), [freeze(getattr(value, each.name)) for each in attrs.fields(type(value))]
    return [freeze(each) for each in value] if isinstance(value, (tuple, list)) else copy.deepcopy(value)


@pytest.mark.parametrize("first", STATES)
@pytest.mark.parametrize("second", STATES)
def test_no_evidence_is_changed(first: str, second: str) -> None:
    measurement, excuses, accusals = measure(first, second, "kink", "failed"), [excuse(0, 3)], [accuse(2, 1)]
    charges = [Charge("w", Cause.STALE, "stale", ((0,),), 1)]
    before = freeze([measurement, excuses, accusals, charges])
    decisions: list[Decision] = []
    for found in (decide(measurement), decide(measurement, excuses), decide(measurement, excuses, accusals)):
        decided = freeze(found)
        for chosen in ({}, {"preconditions": charges}, {"others": charges}):
            merge(PathEvidence("w", (4,), decision=found, **chosen))
        assert freeze(found) == decided
        decisions.append(found)
    assert freeze([measurement, excuses, accusals, charges]) == before
    again = decide(measurement, excuses, accusals)
    assert freeze(again) == freeze(decisions[-1])
