"""Text that is made safe to show: nothing of it is obeyed by a terminal, nothing is lost."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from nnframe import Model
from nnframe.datasets import load_csv, load_npz
from nnframe.errors import DataError, NNFrameError, ShapeError
from nnframe.layers import Permute
from nnframe.text import make_line, make_printable
from nnframe.training import History

ANY = st.text(st.characters(), max_size=60)  # surrogates, controls and all
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def hidden(text: str) -> set[str]:
    return {char for char in text if unicodedata.category(char) in HIDDEN}


@settings(deadline=None)
@given(ANY)
def test_no_control_direction_or_surrogate_is_left(text: str) -> None:
    assert not hidden(make_printable(text))
    assert hidden(make_printable(text, lines=True)) <= {"\n"}


@settings(deadline=None)
@given(ANY.filter(lambda text: "\\" not in text))
def test_the_escapes_say_which_characters_they_stand_for(text: str) -> None:
    shown = make_printable(text).encode("ascii", "backslashreplace").decode("ascii")
    assert shown.encode("ascii").decode("unicode_escape") == text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=60))
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    assert make_printable(text) == text


@settings(deadline=None)
@given(ANY, st.integers(1, 40))
def test_a_line_is_one_line_and_no_longer_than_asked_for(text: str, times: int) -> None:
    line = make_line(text * times, most=50)
    assert len(line) <= 50
    assert not hidden(line)


@pytest.mark.parametrize("location", [(), ("enc\x1b[2Joder", 3)])
def test_an_error_shows_what_cannot_be_seen_as_its_escape(location: tuple[str | int, ...]) -> None:
    text = str(NNFrameError("got \u202e\nand more", location=location))
    assert hidden(text) == {"\n"}
    assert r"got \u202e" in text


@pytest.mark.parametrize("size", [2_001, 2_030, 100_000])
def test_a_message_and_its_location_have_at_most_2000_characters(size: int) -> None:
    error = DataError("m" * size)
    assert len(str(error)) <= 2_000
    shown = str(error.within("l" * size))
    assert len(shown) <= 2_000
    assert shown.startswith("at lll")


@pytest.mark.parametrize("read", [lambda path: load_csv(path, target="y"), load_npz, History.from_csv])
def test_a_very_long_path_leaves_room_for_what_is_wrong_with_it(read: Any) -> None:
    with pytest.raises(NNFrameError, match="cannot be read: ") as caught:
        read("folder/" * 700)
    assert len(str(caught.value)) < 400


def test_permute_of_very_many_axes_is_refused_in_a_short_message() -> None:
    with pytest.raises(ShapeError, match="expects 40000 axes beside the batch") as caught:
        Model([Permute(tuple(range(1, 40_001)))], input_shape=(2, 3))
    assert len(str(caught.value)) < 400
