"""Each of many mistakes that authors make is caught by the check whose name says it, as the one root cause."""

from __future__ import annotations

import pytest

from nnframe.testing import Candidate, check_part, checks_of
from nnframe.testing.check import ALL
from tests.testing.faulty import activations, configuration, layers, losses, running

FAULTY = [*configuration.FAULTY, *activations.FAULTY, *layers.FAULTY, *losses.FAULTY, *running.FAULTY]


def label(part: object) -> str:
    part = part.part if isinstance(part, Candidate) else part
    return part.__name__ if isinstance(part, type) else type(part).__name__


@pytest.mark.parametrize(("name", "part"), FAULTY, ids=[f"{label(part)}-{name}" for name, part in FAULTY])
def test_a_mistake_has_one_root_cause_which_is_its_name(name: str, part: object) -> None:
    result = check_part(part)  # type: ignore[arg-type]
    assert [outcome.check for outcome in result.failures] == [name], str(result)


def test_every_check_but_those_of_form_catches_somebody() -> None:
    caught = {name for name, _ in FAULTY}
    names = {check.name for kind in ALL for check in checks_of(kind)}
    assert caught <= names
    assert names - caught == {"has a learning rate", "weights of one change nothing"}


def test_there_are_at_least_thirty() -> None:
    assert len({label(part) for _, part in FAULTY}) >= 30
