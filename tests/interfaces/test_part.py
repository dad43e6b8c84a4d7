"""An author's mistakes are caught where they are made, and the message says what to do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from attrs import define, field, frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.errors import ConfigurationError, ContractError
from nnframe.interfaces import Activation, Context, Elementwise, Function, Layer
from nnframe.layers import Dense, Dropout


def test_a_forgotten_decorator_is_named() -> None:
    class Forgotten(Dense):
        extra: int = 3

    with pytest.raises(ContractError, match=r"Forgotten is not an attrs class.*put @frozen"):
        Forgotten(2)


def test_a_part_that_could_be_changed_is_refused() -> None:
    @define
    class Loose(Elementwise):
        def value(self, x: Array) -> Array:
            return x

        def derivative(self, x: Array, y: Array) -> Array:
            return x

    with pytest.raises(ContractError, match=r"Loose is not frozen.*@frozen, not @define"):
        Loose()


def test_a_misspelt_method_gets_a_suggestion() -> None:
    @frozen
    class Misspelt(Activation):
        def foward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
            return x, lambda dy: dy

    with pytest.raises(ContractError, match=r"no method 'forward', but it has 'foward': did you mean 'forward'\?"):
        Misspelt()  # type: ignore[abstract]


def test_a_missing_method_is_named() -> None:
    @frozen
    class Empty(Function):
        pass

    with pytest.raises(ContractError, match=r"Empty has no method 'apply': a layer must define it"):
        Empty()  # type: ignore[abstract]


def test_a_part_that_holds_an_array_is_refused() -> None:
    @frozen
    class Holder(Elementwise):
        factor: object

        def value(self, x: Array) -> Array:
            return x

        def derivative(self, x: Array, y: Array) -> Array:
            return x

    assert Holder(2.0) == Holder(2.0)
    with pytest.raises(ContractError, match=r"Holder\.factor is an array"):
        Holder(np.ones(3))


def test_an_unknown_option_gets_a_suggestion() -> None:
    with pytest.raises(ConfigurationError, match=r"Dense has no option 'unit': did you mean 'units'\?"):
        Dense(unit=3)  # type: ignore[call-arg]


def test_a_bad_option_is_explained_on_one_line() -> None:
    with pytest.raises(ConfigurationError, match=r"Dropout: rate must be in \[0, 1\), and is 1\.5") as caught:
        Dropout(1.5)
    assert len(str(caught.value)) < 100


def test_a_subclass_of_a_users_own_keeps_its_validators_and_equality() -> None:
    @frozen
    class Named(Layer):
        title: str = field()

        def initialize(self, x: Array, rng: Generator) -> object:  # type: ignore[override]
            raise NotImplementedError

        def forward(self, parameters: object, x: Array, context: Context) -> object:  # type: ignore[override]
            raise NotImplementedError

    assert Named("a") == Named("a") != Named("b")
    assert repr(Named("a")).endswith("Named(title='a')")
