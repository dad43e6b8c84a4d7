"""The kit: gates, what it says, expected failures, and results as data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from attrs import frozen

from nnframe.activations import Tanh
from nnframe.arrays import Array
from nnframe.errors import ConfigurationError, ConformanceError, FileFormatError
from nnframe.interfaces import Elementwise
from nnframe.layers import Dense
from nnframe.testing import PartResult, Status, check_part, checks_of
from tests.samples.batch_norm import SmallBatchNorm
from tests.samples.cross_attention import SmallCrossAttention
from tests.samples.embedding import SmallEmbedding
from tests.testing.faulty.activations import WrongDerivative
from tests.testing.faulty.configuration import WithoutDecorator


@frozen
class OwnBatchNorm(SmallBatchNorm):
    """Batch normalization that says what it is."""

    @property
    def batch_independent(self) -> bool:
        return False


@frozen
class StraightThrough(Elementwise):
    """A step whose pullback is on purpose that of the identity."""

    @property
    def straight_through(self) -> bool:
        return True

    def value(self, x: Array) -> Array:
        return np.sign(x)

    def derivative(self, x: Array, y: Array) -> Array:
        return np.ones_like(x)


def test_a_part_that_fails_a_basic_check_has_one_root_cause_and_the_rest_is_not_run() -> None:
    result = check_part(WithoutDecorator)
    assert (result.ran, len(result.failures)) == (1, 1)
    assert result.root_cause is not None
    assert "put @frozen" in result.root_cause.message
    assert {outcome.status for outcome in result.outcomes[1:]} == {Status.BLOCKED}
    assert result.outcomes[-1].message == "'is a frozen attrs class'"


def test_the_result_says_what_ran_and_what_was_skipped_and_why() -> None:
    result = check_part(OwnBatchNorm())
    text = str(result)
    assert "all passed" in text
    assert "skipped: 'examples are independent' because OwnBatchNorm declares otherwise" in text
    skipped = sum(outcome.status is Status.SKIPPED for outcome in result.outcomes)
    assert text.startswith(
        f"OwnBatchNorm(): {len(checks_of('layer')) - skipped} of {len(checks_of('layer'))} checks ran"
    )


def test_a_declared_straight_through_pullback_is_not_compared_with_the_derivative() -> None:
    result = check_part(StraightThrough())
    assert result.passed
    assert "StraightThrough declares straight_through" in str(result)


@pytest.mark.parametrize("part", [SmallCrossAttention(3), SmallEmbedding(4, 3)], ids=repr)
def test_inputs_of_every_form_are_found(part: Dense) -> None:
    assert check_part(part).passed


def test_inputs_that_the_author_gives_are_used() -> None:
    assert check_part(Dense(3), inputs=[np.ones((2, 9))]).passed
    result = check_part(Dense(3), inputs=[np.ones(9)])
    assert result.root_cause is not None
    assert "got (9,)" in result.root_cause.message


def test_the_verifiers_cause_is_in_the_message() -> None:
    (failure,) = check_part(WrongDerivative()).failures
    assert "input (wrong derivative)" in failure.message


def test_an_expected_failure_passes_and_its_reason_is_said() -> None:
    result = check_part(WrongDerivative(), expected_failures={"gradients are right": "an experiment"})
    assert result.passed
    assert "failed as expected: 'gradients are right' because an experiment" in str(result)


def test_an_expected_failure_that_passes_is_a_failure() -> None:
    result = check_part(Tanh(), expected_failures={"gradients are right": "an experiment"})
    assert [outcome.status for outcome in result.failures] == [Status.SURPRISING]


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"gradients are right": " "}, "needs a reason"),
        ({"gradient is right": "so"}, "did you mean 'gradients are right'"),
    ],
)
def test_an_expected_failure_needs_a_reason_and_a_check(expected: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        check_part(Tanh(), expected_failures=expected)


def test_a_result_survives_json_and_a_newer_one_is_refused() -> None:
    result = check_part(WrongDerivative())
    assert PartResult.from_json(result.to_json()) == result
    newer = json.dumps({**json.loads(result.to_json()), "schema": 99})
    with pytest.raises(FileFormatError, match="schema 99"):
        PartResult.from_json(newer)
    with pytest.raises(FileFormatError, match="conformance kit"):
        PartResult.from_json("[]")


def test_a_failed_part_can_fail_a_test() -> None:
    with pytest.raises(ConformanceError, match="gradients are right"):
        check_part(WrongDerivative()).raise_if_failed()


def test_every_check_has_a_name_of_its_own_and_says_what_it_means() -> None:
    every = checks_of("part", types=True)
    assert len({check.name for check in every}) == len(every)
    assert all(check.meaning.endswith(".") for check in every)


def test_the_page_lists_every_check_with_its_meaning() -> None:
    page = " ".join((Path(__file__).parents[2] / "docs/plugins/conformance.md").read_text(encoding="utf-8").split())
    for check in checks_of("part", types=True):
        meaning = " ".join(check.meaning.split("\n\n")[0].split()).replace("``", "`").replace("|", "\\|")
        assert f"| {check.name} | {meaning} |" in page


def test_mypy_is_asked_only_when_it_is_wanted() -> None:
    assert len(checks_of("layer", types=True)) == len(checks_of("layer")) + 1
    result = check_part(Tanh(), types=True)
    assert result.outcomes[-1].check == "mypy --strict is content"
    assert result.passed
