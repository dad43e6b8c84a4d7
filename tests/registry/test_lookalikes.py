"""Names that look alike, or are not what they look like, are found."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from nnframe.registry.doctor import diagnose
from nnframe.registry.lookalikes import find_lookalikes, find_oddity

if TYPE_CHECKING:
    from tests.conftest import Site

GROUP = "nnframe.activations"


@pytest.mark.parametrize(
    "other",
    ["r\u0435lu", "re1u", "reIu", "ReLU", "relu\u200b", "\uff52elu", "re\u0406u", "\u202drelu", "relu\ufe0f", "relυ"],
)
def test_two_names_that_look_alike_are_named_by_the_doctor(site: Site, times: str, other: str) -> None:
    site.install("one", {GROUP: {"relu": "part_one:Times"}}, {"part_one": times})
    site.install("two", {GROUP: {other: "part_two:Times"}}, {"part_two": times})
    (finding,) = [finding for finding in diagnose() if finding.problem == "lookalike"]
    assert set(finding.distributions) == {"one 1.0", "two 1.0"}
    assert finding.cause.isascii()
    assert finding.subject.isascii()
    assert all(f"{ord(letter):04x}" in finding.cause for letter in other if not letter.isascii())


@pytest.mark.parametrize("other", ["relu6", "elu", "selu", "prelu", "r\u00e9lu"])
def test_names_that_can_be_told_apart_are_none(other: str) -> None:
    assert find_lookalikes(["relu", other]) == []


def test_an_alias_may_look_like_its_own_name(site: Site, times: str) -> None:
    site.install(
        "one", {GROUP: {"times": "part_one:Times"}, f"{GROUP}.aliases": {"Times": "times"}}, {"part_one": times}
    )
    assert diagnose() == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("evil\u202eyler", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u05d0\u05d1", "U+05D0 HEBREW LETTER ALEF"),
        ("\u0627", "U+0627 ARABIC LETTER ALEF"),
        ("re\u200blu", "U+200B ZERO WIDTH SPACE"),
        ("re\u3164lu", "U+3164 HANGUL FILLER"),
        ("re\x07lu", "U+0007"),
        ("\ufb01t", "U+FB01 LATIN SMALL LIGATURE FI"),
        ("r\u0435lu", "it mixes the alphabets Cyrillic and Latin (U+0435 CYRILLIC SMALL LETTER IE)"),
    ],
)
def test_an_odd_name_is_named_with_its_code_points(site: Site, times: str, name: str, said: str) -> None:
    site.install("odd", {GROUP: {name: "odd:Times"}}, {"odd": times})
    (finding,) = [finding for finding in diagnose() if finding.problem == "odd name"]
    assert said in finding.cause
    assert (finding.subject + finding.cause).isascii()
    assert (finding.subject + finding.cause).isprintable()


@pytest.mark.parametrize("name", ["leaky_relu", "conv-1d", "élu", "слой", "β", "活性化関数", "two words", ""])
def test_an_ordinary_name_of_any_one_alphabet_is_not_odd(name: str) -> None:
    assert find_oddity(name) == ""


@settings(deadline=None)
@given(st.text())
def test_a_name_with_a_character_that_cannot_be_seen_is_odd(name: str) -> None:
    hidden = any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for letter in name)
    assert find_oddity(name) or not hidden


def test_distributions_that_look_alike_are_named(site: Site, times: str) -> None:
    site.install("nnframe-relu", {GROUP: {"one": "part_one:Times"}}, {"part_one": times})
    site.install("nnframe-re1u", {GROUP: {"two": "part_two:Times"}}, {"part_two": times})
    (finding,) = diagnose()
    assert finding.problem == "lookalike"
    assert set(finding.distributions) == {"nnframe-relu 1.0", "nnframe-re1u 1.0"}
