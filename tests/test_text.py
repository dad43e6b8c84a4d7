"""Text that is made safe to show: nothing of it is obeyed by a terminal, nothing is lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from nnframe.errors import NNFrameError
from nnframe.text import make_line, make_printable

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
