"""Stopped halfway, by an error or by a key: arguments and random state are as before, those that are lent too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.verification import verify_pullback
from nnframe.verification.function import isolation as state
from tests.verification.functions import bits, dense, dense_values


@pytest.fixture(params=["lent", "copied"], autouse=True)
def lent_and_copied(request: pytest.FixtureRequest) -> None:
    """Every test here runs with parameters that are lent and with copies."""
    if request.param == "lent":
        request.getfixturevalue("small_ones_are_lent")


class Stop(KeyboardInterrupt):
    """Someone pressed a key."""


@pytest.mark.parametrize("error", [RuntimeError, Stop])
@pytest.mark.parametrize("calls", [0, 1, 2, 3, 4, 5, 8, 12, 17])
@pytest.mark.parametrize("spoils", [False, True])
def test_everything_is_as_before_when_a_forward_raises_halfway(
    error: type[BaseException], calls: int, spoils: bool
) -> None:
    p, x = dense_values()
    before = bits({**p, "x": x})
    count = 0

    def tired(given: Any, x: Any) -> Any:
        nonlocal count
        count += 1
        np.random.rand()  # noqa: NPY002
        if spoils and count > 2:
            given["weight"][0] = p["bias"][0] = 7.0
        if count > calls:
            raise error("enough")
        return dense(given, x)

    np.random.seed(3)  # noqa: NPY002
    random_state = np.random.get_state()[1].tobytes()  # type: ignore[union-attr]  # noqa: NPY002
    with pytest.raises(error):
        verify_pullback(tired, p, x)
    assert np.random.get_state()[1].tobytes() == random_state  # type: ignore[union-attr]  # noqa: NPY002
    assert bits({**p, "x": x}) == before


@pytest.mark.parametrize("calls", [0, 1, 5])
def test_everything_is_as_before_when_a_pullback_raises_halfway(calls: int) -> None:
    p, x = dense_values()
    before = bits({**p, "x": x})
    count = 0

    def tired(given: Any, x: Any) -> Any:
        output, pullback = dense(given, x)

        def pull(u: Any) -> Any:
            nonlocal count
            count += 1
            if count > calls:
                raise Stop
            return pullback(u)

        return output, pull

    with pytest.raises(Stop):
        verify_pullback(tired, p, x)
    assert bits({**p, "x": x}) == before


def test_a_key_that_is_pressed_again_while_all_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    p, x = dense_values()
    before = bits(p)
    same, pressed = state.same_bits, []

    def interrupted(one: Any, two: Any) -> bool:
        if len(pressed) == 1:
            pressed.append(2)
            raise Stop
        return same(one, two)

    def stopped(given: Any, x: Any) -> Any:
        if np.any(given["weight"] != np.frombuffer(before["weight"]).reshape(4, 3)):
            given["weight"][0] = 7.0
            pressed.append(1)
            raise Stop
        return dense(given, x)

    monkeypatch.setattr(state, "same_bits", interrupted)
    with pytest.raises(Stop):
        verify_pullback(stopped, p, x)
    assert pressed == [1, 2]
    assert bits(p) == before
