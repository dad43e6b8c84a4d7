"""From a class to the name that finds it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from nnframe import registry
from nnframe.errors import UnknownPartError
from nnframe.registry import Registration

if TYPE_CHECKING:
    from tests.conftest import Site

GROUP = "nnframe.activations"


def test_a_class_leads_back_to_its_name_and_distribution(site: Site, times: str) -> None:
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times}, version="2.3")
    part = registry.activations.get("times")
    assert registry.registration_of(part) == Registration("times", "third-party", "2.3")
    assert registry.spec_of(registry.activations.create("times", factor=4.0)) == {"name": "times", "factor": 4.0}


def test_only_the_package_of_the_class_is_imported(site: Site, times: str) -> None:
    site.install("aaa", {GROUP: {"another": "aaa:Times", "third": "aaa:Other"}}, {"aaa": times})
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    registry.registration_of(registry.activations.get("times"))
    assert "aaa" not in sys.modules


def test_a_class_registered_under_another_name_of_its_module_is_found(site: Site, times: str) -> None:
    source = times + "\nAlso = Times\n"
    site.install("third-party", {GROUP: {"times": "third_party:Also"}}, {"third_party": source})
    assert registry.registration_of(registry.activations.get("times")).name == "times"


def test_of_a_contested_name_the_distribution_is_said_so_that_the_part_is_found_again(
    site: Site, times: str, thrice: str
) -> None:
    site.install("one", {GROUP: {"times": "part_one:Times"}}, {"part_one": times})
    site.install("two", {GROUP: {"times": "part_two:Times"}}, {"part_two": thrice})
    part = registry.activations.create("two:times")
    assert registry.registration_of(type(part)) == Registration("two:times", "two", "1.0")
    assert registry.activations.resolve(registry.spec_of(part)) == part


def test_a_broken_neighbour_of_the_same_class_name_is_passed_over(site: Site, times: str) -> None:
    site.install("bad", {GROUP: {"bad": "third_party.bad:Times"}})
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    assert registry.registration_of(registry.activations.get("times")).name == "times"


def test_an_unregistered_class_says_how_to_register_it(site: Site, times: str) -> None:
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    part = registry.activations.get("times")
    (site.metadata("third-party") / "entry_points.txt").write_text("")
    registry.refresh()
    with pytest.raises(UnknownPartError, match=r'\[project.entry-points."nnframe.activations"\], or put @registry'):
        registry.registration_of(part)
