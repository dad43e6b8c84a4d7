"""Every part that is registered keeps the contract of its kind, those that are new tomorrow among them."""

from __future__ import annotations

import pytest

from nnframe import registry
from nnframe.errors import BrokenPartError
from nnframe.registry import Entry
from nnframe.testing import Candidate, PartResult, check_part

EXPECTED: dict[str, dict[str, str]] = {
    "glu": {"the output has the shape of the input": "a gate halves the axis that it is on"},
}
"""Checks that a part is known to fail, and why."""

ENTRIES = [
    entry for kind in registry.KINDS.values() for entry in kind.entries() if entry.distribution.source != "runtime"
]
OURS = [entry for entry in ENTRIES if entry.distribution.name.startswith("nnframe")]


def examined(entry: Entry) -> PartResult:
    kind = next(kind for kind in registry.KINDS.values() if kind.group == entry.group)
    try:
        cls = kind.get(entry.qualified)
    except BrokenPartError as error:
        pytest.fail(str(error), pytrace=False)
    return check_part(Candidate(cls, expected_failures=EXPECTED.get(entry.name, {}), name=entry.name))


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: f"{entry.group}-{entry.name}")
def test_a_registered_part_keeps_the_contract_of_its_kind(entry: Entry, record_property: pytest.RecordProperty) -> None:
    result = examined(entry)
    record_property("nnframe.check", (result.part, result.seconds))
    result.raise_if_failed()


def test_the_four_sample_plugins_are_among_them() -> None:
    names = {entry.distribution.name for entry in OURS}
    assert {"nnframe-sigmoid", "nnframe-relu", "nnframe-mse", "nnframe-cross-entropy"} <= names
