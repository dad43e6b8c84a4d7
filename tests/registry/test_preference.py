"""Whose part a name means, where something says so."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from nnframe import registry
from nnframe.errors import ConflictError
from nnframe.registry.preference import prefer_distributions

if TYPE_CHECKING:
    from tests.conftest import Site

GROUP = "nnframe.activations"


def test_a_preferred_distribution_decides_and_only_within_its_context(site: Site, times: str, thrice: str) -> None:
    site.install("one", {GROUP: {"times": "part_one:Times"}}, {"part_one": times})
    site.install("two", {GROUP: {"times": "part_two:Times"}}, {"part_two": thrice})
    with prefer_distributions({(GROUP, "times"): "Two"}):
        part = registry.activations.create("times")
        assert type(part).__module__ == "part_two"
        assert registry.spec_of(part)["name"] == "times"
    assert registry.spec_of(part)["name"] == "two:times"
    with pytest.raises(ConflictError):
        registry.activations.get("times")


def test_a_kind_with_a_preference_is_asked_before_the_others(site: Site, times: str) -> None:
    site.install("one", {GROUP: {"times": "part_one:Times"}}, {"part_one": times})
    site.install("two", {"nnframe.layers": {"times": "part_two:Times"}})
    kinds = (registry.layers, registry.activations)
    assert registry.lookup("times", kinds) is registry.layers
    with prefer_distributions({(GROUP, "times"): "one"}):
        assert registry.lookup("times", kinds) is registry.activations


def test_entry_points_that_are_a_pipe_are_not_waited_for(site: Site, times: str) -> None:
    site.install("pipe", {GROUP: {"odd": "odd:Times"}})
    site.install("good", {GROUP: {"good": "good:Times"}}, {"good": times})
    file = site.metadata("pipe") / "entry_points.txt"
    file.unlink()
    os.mkfifo(file)
    registry.refresh()
    assert registry.activations.names() == ("good",)
