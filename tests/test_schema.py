"""Plain data are read into classes exactly as annotated, or refused with the place."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
from attrs import field, frozen

from nnframe.checks import positive
from nnframe.errors import SpecError
from nnframe.schema import read_into


class Colour(StrEnum):
    """Two of them."""

    RED = "red"
    BLUE = "blue"


@frozen
class Inner:
    """A class inside another one."""

    size: float = field(validator=positive)


@frozen
class Outer:
    """One field of each sort."""

    count: int = 0
    share: float = 0.5
    name: str = ""
    active: bool = False
    colour: Colour | None = None
    inner: Inner | None = None
    names: str | list[str] = ""
    pair: tuple[int, str] = (0, "")
    rows: tuple[tuple[float | None, ...], ...] = ()
    table: dict[str, float] = field(factory=dict)
    anything: Any = None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, Outer()),
        ({"share": 1}, Outer(share=1.0)),
        ({"colour": "red"}, Outer(colour=Colour.RED)),
        ({"colour": None, "inner": {"size": 2}}, Outer(inner=Inner(2.0))),
        ({"names": ["a", "b"]}, Outer(names=["a", "b"])),
        ({"names": "a", "pair": [3, "c"]}, Outer(names="a", pair=(3, "c"))),
        ({"rows": [[1, None], []]}, Outer(rows=((1.0, None), ()))),
        ({"table": {"x": 1}, "anything": [{}]}, Outer(table={"x": 1.0}, anything=[{}])),
    ],
)
def test_data_that_fit_are_read(data: dict[str, object], expected: Outer) -> None:
    assert read_into(Outer, data, "it", SpecError) == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "it must be a table, and is a list"),
        ({"count": 1.0}, "it: count must be int, and is float"),
        ({"count": True}, "it: count must be int, and is bool"),
        ({"share": "1"}, "it: share must be float, and is str"),
        ({"share": 10**400}, "it: share is too large a number"),
        ({"active": 1}, "it: active must be bool, and is int"),
        ({"name": None}, "it: name must be str, and is null"),
        ({"colour": "rde"}, "it: colour must be a colour, and is 'rde': did you mean 'red'?"),
        ({"inner": {}}, "it: inner: the key 'size' is missing"),
        ({"inner": {"size": -1}}, "it: inner: size must be a positive number, and is -1.0"),
        ({"names": ["a", 3]}, "it: names: entry 1 must be str, and is int"),
        ({"names": 3}, "it: names must be str or a list, and is int"),
        ({"pair": [1]}, "it: pair must have 2 entries, and has 1"),
        ({"pair": ["c", 1]}, "it: pair: entry 0 must be int, and is str"),
        ({"rows": [[1], [2, "x"]]}, "it: rows: entry 1: entry 1 must be float, and is str"),
        ({"table": {"x": "1"}}, "it: table: x must be float, and is str"),
        ({"cuont": 1}, "it: unknown key 'cuont': did you mean 'count'?"),
    ],
)
def test_data_that_do_not_fit_are_refused_with_the_place(data: object, said: str) -> None:
    with pytest.raises(SpecError) as error:
        read_into(Outer, data, "it", SpecError)
    assert str(error.value) == said
