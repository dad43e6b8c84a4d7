"""From descriptions to parts, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Generic, Literal, TypeVar

import pytest
from attrs import field, frozen
from hypothesis import given, strategies as st

from nnframe import registry
from nnframe.errors import ConfigurationError, NNFrameError, SpecError, UnknownPartError
from nnframe.interfaces import Progress, Schedule

N = TypeVar("N")


class Flat(Schedule):
    """The base of schedules that do nothing, for tests that are about options."""

    def __call__(self, progress: Progress) -> float:
        return float(progress.step)


@frozen
class Simple(Flat):
    base: float
    steps: int = 10


class Mode(Enum):
    UP = "up"
    DOWN = "down"


@frozen
class Window:
    start: int
    stop: int = 5


@frozen
class Rich(Flat):
    name: str = "rich"
    inner: Schedule = field(factory=lambda: Simple(1.0))
    choice: Literal["same", "valid", 3] = "same"
    sizes: tuple[int, ...] = ()
    pair: tuple[int, float] = (1, 1.0)
    rate: float | Schedule = 0.1
    limit: float | None = None
    table: Mapping[str, float] = field(factory=dict)
    mode: Mode = Mode.UP
    window: Window = field(default=Window(0))
    tags: frozenset[str] = frozenset()
    on: bool = False
    many: tuple[Schedule, ...] = ()
    anything: object = None


def as_sizes(value: int | Iterable[int]) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(value)


@frozen
class Converted(Flat):
    sizes: tuple[int, ...] = field(converter=as_sizes)


@frozen
class Holder(Flat, Generic[N]):
    value: N
    function: Callable[[float], float] = abs


@frozen
class Stranger(Flat):
    pass


@pytest.fixture(autouse=True, scope="module")
def registered() -> Iterator[None]:
    parts: dict[str, type[Schedule]] = {
        "t.simple": Simple,
        "t.rich": Rich,
        "t.converted": Converted,
        "t.holder": Holder,
    }
    for name, part in parts.items():
        registry.schedules.register(name)(part)
    yield
    for name in parts:
        registry.schedules.unregister(name)


def resolve(spec: object) -> Schedule:
    return registry.schedules.resolve(spec)


def test_a_name_a_mapping_and_a_part_describe_a_part() -> None:
    assert resolve("t.rich") == Rich()
    assert resolve({"name": "t.simple", "base": 0.5}) == Simple(0.5)
    part = Simple(0.5)
    assert resolve(part) is part


def test_json_becomes_what_the_fields_are() -> None:
    spec = """{"name": "t.rich", "name_": "mine", "inner": {"name": "t.simple", "base": 2}, "choice": 3,
               "sizes": [1, 2], "pair": [3, 4], "rate": {"name": "t.simple", "base": 1}, "limit": 7, "table": {"a": 1},
               "mode": "down", "window": {"start": 2}, "tags": ["x"], "on": true, "many": ["t.rich"]}"""
    part = resolve(json.loads(spec))
    expected = Rich(
        name="mine",
        inner=Simple(2.0),
        choice=3,
        sizes=(1, 2),
        pair=(3, 4.0),
        rate=Simple(1.0),
        limit=7.0,
        table={"a": 1.0},
        mode=Mode.DOWN,
        window=Window(2),
        tags=frozenset({"x"}),
        on=True,
        many=(Rich(),),
    )
    assert part == expected
    assert isinstance(part, Rich)
    assert [type(value) for value in (part.limit, part.pair[1], part.table["a"])] == [float] * 3


def test_a_field_with_a_converter_gets_what_is_written() -> None:
    assert resolve({"name": "t.converted", "sizes": 3}) == Converted((3,))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"base": 1}, "a description of a schedule needs the key 'name'"),
        ({"nmae": "t.simple"}, "did you mean"),
        ({}, "it is empty"),
        ({"name": 3}, "at name: 'name' must be the name of a schedule, got 3"),
        (3, "expected schedule (a part, a name, or {'name': ..., options}), got 3"),
        (Simple, "got the class Simple: call it, Simple(...)"),
        ({"name": "t.simple", "bse": 1}, "Simple has no option 'bse': did you mean 'base'?"),
        ({"name": "t.simple"}, "Simple needs the option 'base'"),
        ({"name": "t.simple", "base": "1"}, "at base: expected a number, got '1'"),
        ({"name": "t.simple", "base": True}, "at base: expected a number, got True"),
        ({"name": "t.simple", "base": 1, "steps": 1.5}, "at steps: expected a whole number, got 1.5"),
        ({"name": "t.rich", "sizes": "12"}, "at sizes: expected a list, got '12'"),
        ({"name": "t.rich", "sizes": [1, "2"]}, "at sizes.1: expected a whole number, got '2'"),
        ({"name": "t.rich", "pair": [1]}, "at pair: expected 2 values, got [1]"),
        ({"name": "t.rich", "choice": "sam"}, "at choice: 'sam' is not among the choices: did you mean 'same'?"),
        ({"name": "t.rich", "on": 1}, "at on: expected true or false, got 1"),
        ({"name": "t.rich", "name_": 1}, "at name_: expected a text, got 1"),
        ({"name": "t.rich", "limit": "x"}, "at limit: expected a number or nothing, got 'x'"),
        ({"name": "t.rich", "table": {"a": "b"}}, "at table.a: expected a number, got 'b'"),
        ({"name": "t.rich", "table": [1]}, "at table: expected a table of names and values, got [1]"),
        ({"name": "t.rich", "mode": "left"}, "at mode: 'left' cannot be used"),
        ({"name": "t.rich", "window": {"strat": 1}}, "at window: Window has no option 'strat': did you mean 'start'?"),
        ({"name": "t.rich", "window": 3}, "at window: expected a table with the fields of Window, got 3"),
        ({"name": "t.rich", "inner": {"name": "t.rich", "many": [{"base": 1}]}}, "at inner.many.0: a description of a"),
        ({"name": "t.rich", "rate": {"name": "t.simple", "base": "x"}}, "at rate.base: expected a number, got 'x'"),
        ({"name": "t.rich", "inner": 3}, "at inner: expected schedule"),
    ],
)
def test_a_description_that_cannot_be_understood_says_where_and_why(spec: object, said: str) -> None:
    with pytest.raises(SpecError) as error:
        resolve(spec)
    assert said in str(error.value)


def test_an_unknown_name_inside_is_located() -> None:
    with pytest.raises(UnknownPartError, match=r"at inner: no schedule is called 't.simpel': did you mean 't.simple'"):
        resolve({"name": "t.rich", "inner": "t.simpel"})
    with pytest.raises(UnknownPartError, match=r"at rate: no schedule is called 't.simpel'"):
        resolve({"name": "t.rich", "rate": "t.simpel"})


def test_a_part_of_another_kind_is_refused() -> None:
    with pytest.raises(SpecError, match="expected layer or activation, got the schedule Simple"):
        registry.resolve(Simple(1.0), registry.layers, registry.activations)


def test_what_a_part_refuses_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError):
        resolve({"name": "t.converted", "sizes": 1.5})


def test_a_spec_says_only_what_is_no_default() -> None:
    assert registry.spec_of(Rich()) == {"name": "t.rich"}
    assert registry.spec_of(Rich(name="a", sizes=(1,), window=Window(3))) == {
        "name": "t.rich",
        "name_": "a",
        "sizes": [1],
        "window": {"start": 3},
    }
    assert registry.spec_of(Rich(inner=Simple(2.0))) == {"name": "t.rich", "inner": {"name": "t.simple", "base": 2.0}}


def test_true_is_not_taken_for_a_default_of_one() -> None:
    assert registry.spec_of(Rich(pair=(1, 1.0), limit=math.inf)) == {"name": "t.rich", "limit": "inf"}
    assert resolve({"name": "t.rich", "limit": "inf"}) == Rich(limit=math.inf)


def test_what_a_file_cannot_hold_is_refused_with_its_place() -> None:
    with pytest.raises(SpecError, match=r"at function: a file cannot hold"):
        registry.spec_of(Holder(1, math.sqrt))
    with pytest.raises(SpecError, match=r"at value.k.0: a file cannot hold"):
        registry.spec_of(Holder({"k": (object(),)}))
    with pytest.raises(SpecError, match=r"at value: the keys of a table must be texts, got 1"):
        registry.spec_of(Holder({1: 2}))
    with pytest.raises(UnknownPartError, match=r"at inner: Stranger is registered under no name"):
        registry.spec_of(Rich(inner=Stranger()))


simple = st.builds(Simple, base=st.floats(allow_nan=False), steps=st.integers())
rich = st.builds(
    Rich,
    name=st.text(),
    inner=simple,
    choice=st.sampled_from(["same", "valid", 3]),
    sizes=st.lists(st.integers()).map(tuple),
    pair=st.tuples(st.integers(), st.floats(allow_nan=False)),
    rate=st.floats(allow_nan=False) | simple,
    limit=st.none() | st.floats(allow_nan=False),
    table=st.dictionaries(st.text(), st.floats(allow_nan=False)),
    mode=st.sampled_from(Mode),
    window=st.builds(Window, st.integers(), st.integers()),
    tags=st.frozensets(st.text()),
    on=st.booleans(),
    many=st.lists(simple).map(tuple),
)


@given(rich)
def test_a_part_survives_the_way_through_json(part: Rich) -> None:
    text = json.dumps(registry.spec_of(part), allow_nan=False)
    assert resolve(json.loads(text)) == part


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["name", "name_", "inner", "sizes", "pair", "rate", "table", "window"]), values))
def test_any_json_gives_a_part_or_an_error_of_ours(spec: dict[str, object]) -> None:
    for candidate in (spec, {**spec, "name": "t.rich"}):
        try:
            part = resolve(candidate)
        except NNFrameError:
            continue
        assert isinstance(part, Schedule)
