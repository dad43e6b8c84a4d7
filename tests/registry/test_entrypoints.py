"""Reading entry_points.txt."""

from __future__ import annotations

from hypothesis import given, strategies as st

from nnframe.registry.entrypoints import Line, Malformed, parse


def test_comments_blank_lines_and_spaces_do_not_matter() -> None:
    text = "# by hand\n\n[ nnframe.layers ]\n  dense=m:Dense  \n; old\nflat = m:Flat\n"
    assert list(parse(text)) == [Line("nnframe.layers", "dense", "m:Dense"), Line("nnframe.layers", "flat", "m:Flat")]


def test_a_malformed_line_leaves_its_neighbours_whole() -> None:
    lines = list(parse("[g]\na = m:A\nnonsense\n= m:B\nc =\nd = m:D\n"))
    assert [line.name for line in lines if isinstance(line, Line)] == ["a", "d"]
    assert [line.number for line in lines if isinstance(line, Malformed)] == [3, 4, 5]


def test_a_line_before_the_first_group_and_a_repeated_name_are_malformed() -> None:
    lines = list(parse("a = m:A\n[g]\na = m:A\na = m:B\n[h]\na = m:C\n"))
    assert [type(line) for line in lines] == [Malformed, Line, Malformed, Line]
    assert "repeats" in str(lines[2])
    assert "before the first" in str(lines[0])


@given(st.text())
def test_no_text_is_too_strange_to_read(text: str) -> None:
    for line in parse(text):
        assert str(line)
