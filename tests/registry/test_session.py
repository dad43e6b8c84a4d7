"""Parts that are registered in the running session."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from attrs import frozen

from nnframe import registry
from nnframe.arrays import Array
from nnframe.errors import ConfigurationError, ConflictError, ContractError, UnknownPartError
from nnframe.interfaces import Activation, Elementwise

if TYPE_CHECKING:
    from tests.conftest import Site


@pytest.fixture(autouse=True)
def clean(site: Site) -> Iterator[Site]:
    yield site
    for entry in registry.activations.entries():
        if entry.distribution.source == "runtime":
            registry.activations.unregister(entry.name)


def halving(qualname: str = "Half", divisor: float = 2.0) -> type[Elementwise]:
    @frozen
    class Half(Elementwise):
        def value(self, x: Array) -> Array:
            return x / divisor

        def derivative(self, x: Array, y: Array) -> Array:
            return 0 * x + 1 / divisor

    Half.__qualname__ = qualname
    return Half


def test_a_registered_class_is_found_by_its_name() -> None:
    part = halving()
    assert registry.activations.register("half")(part) is part
    assert registry.activations.get("half") is part
    assert registry.activations.find("half").distribution.source == "runtime"
    assert registry.activations.names() == ("half",)
    registry.refresh()
    assert registry.activations.get("half") is part


def test_running_the_cell_again_replaces_the_class() -> None:
    registry.activations.register("half")(halving())
    second = registry.activations.register("half")(halving())
    assert registry.activations.get("half") is second


def test_another_class_of_the_same_name_is_a_clash() -> None:
    first = registry.activations.register("half")(halving())
    with pytest.raises(ConflictError, match="this session has the name already"):
        registry.activations.register("half")(halving("OtherHalf"))
    assert registry.activations.get("half") is first


def test_a_clash_with_an_installed_part_is_an_error(site: Site, times: str) -> None:
    site.install(
        "third-party",
        {"nnframe.activations": {"half": "m:Times"}, "nnframe.activations.aliases": {"hlf": "half"}},
        {"m": times},
    )
    for name in ("half", "hlf"):
        with pytest.raises(ConflictError, match=r"third-party 1.0 has the name already"):
            registry.activations.register(name)(halving())


def test_a_class_of_another_kind_is_refused() -> None:
    with pytest.raises(ContractError, match=r"Half is no subclass of nnframe.interfaces.Loss; it is of kind 'activ"):
        registry.losses.register("half")(halving())


def test_registering_below_frozen_says_to_stand_above_it() -> None:
    with pytest.raises(ContractError, match=r"stands above @frozen, not below it"):

        @frozen
        @registry.activations.register("identity")
        class Identity(Activation):
            def forward(self, x: Array) -> object:  # type: ignore[override]
                return x


@pytest.mark.parametrize("name", ["", " ", "mine:half"])
def test_a_name_that_could_not_be_asked_for_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="needs a name without a colon"):
        registry.activations.register(name)


def test_a_forgotten_part_is_unknown() -> None:
    registry.activations.register("half")(halving())
    registry.activations.unregister("half")
    assert "half" not in registry.activations
    with pytest.raises(UnknownPartError):
        registry.activations.unregister("half")


def test_many_threads_get_one_and_the_same_class(site: Site, times: str) -> None:
    site.install("third-party", {"nnframe.activations": {"times": "third_party:Times"}}, {"third_party": times})
    found: list[type] = []
    barrier = threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        found.append(registry.activations.get("times"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
