"""A report file that was altered is refused, or shown: it is never half read."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterator
from io import StringIO
from random import Random
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from nnframe.errors import FileFormatError
from nnframe.verification import Finding, Verdict, VerificationReport, Worst
from nnframe.verification.report.detail import CurvePoint, Detail, ProfilePoint
from nnframe.verification.report.diff import compare_reports
from nnframe.verification.report.finding import Coverage
from nnframe.verification.report.junit import to_junit

Tree = Any
Place = tuple[Any, Any]
STRANGE: tuple[Tree, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        3,
        10**39,
        -(2**63),
        0.5,
        -0.0,
        1e308,
        -1e308,
        5e-324,
        math.nan,
        math.inf,
        -math.inf,
    ),
    *("", "PASS", "FAIL", "scale", "\x1b[2J", "\ud800", "\u202e", "x" * 5000, "1", "nan"),
    *([], {}, [[]], [None], [math.nan, math.inf], [-1], [0, 0, 0], {"path": "weight"}, [[1.0], [1.0, 2.0]]),
)


def whole_report() -> VerificationReport:
    """A small report in which every field is in use."""
    detail = Detail(
        ((0.5, None), (3.0, 1e6)),
        (1, 0),
        2.0,
        1.0,
        1e-9,
        tuple(CurvePoint(2.0**-k, 1.0, 2.0**-k) for k in range(4)),
        tuple(ProfilePoint(k / 2, k * 1.0) for k in range(-2, 3)),
    )
    worst = Worst((1, 0), 2.0, 1.0, 1e-9, (0.5, 1.5))
    coverage = Coverage(3, 1, 4, 1e-12)
    wrong = Finding(
        "weight", Verdict.FAIL, hint="twice too large", factor=2.0, wrong=((1, 0), (1, 1)), wrong_count=2, worst=worst,
        coverage=coverage, relative_difference=0.3, residual=0.0, detail=detail,
    )  # fmt: skip
    kink = Finding("bias", Verdict.KINK, worst=Worst((), math.nan, math.inf, math.inf))
    return VerificationReport((wrong, kink, Finding("input", Verdict.PASS)), 0.25, 3, 20, 8, 0.5, ("a note",))


def places(tree: Tree) -> Iterator[Place]:
    """Every member of a tree: what holds it, and its key."""
    entries = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if isinstance(tree, list) else []
    for key, value in entries:
        yield tree, key
        yield from places(value)


def delete(rng: Random, holder: Any, key: Any) -> None:
    del holder[key]


def replace(rng: Random, holder: Any, key: Any) -> None:
    holder[key] = copy.deepcopy(rng.choice(STRANGE))


def swap_type(rng: Random, holder: Any, key: Any) -> None:
    value = holder[key]
    kinds: tuple[Callable[[Any], Tree], ...] = (str, lambda each: [each], lambda each: {"0": each}, bool, repr)
    holder[key] = rng.choice(kinds)(value)


def nest(rng: Random, holder: Any, key: Any) -> None:
    for _ in range(rng.choice((1, 3, 70))):
        holder[key] = [holder[key]] if rng.random() < 0.5 else {"path": holder[key]}


def duplicate(rng: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.insert(rng.randrange(len(holder) + 1), copy.deepcopy(holder[key]))
    else:
        holder[rng.choice(("path", "extra", "hint", "wrong"))] = copy.deepcopy(holder[key])


def exchange(rng: Random, holder: Any, key: Any) -> None:
    other = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    holder[key], holder[other] = holder[other], holder[key]


def mutate_tree(rng: Random, text: str) -> str:
    tree = json.loads(text)
    for _ in range(rng.choice((1, 1, 1, 2))):
        rng.choice((delete, replace, replace, swap_type, nest, duplicate, exchange))(
            rng, *rng.choice(list(places(tree)))
        )
    return json.dumps(tree)


def mutate_text(rng: Random, text: str) -> str:
    """Cut, double and overwrite characters, and make digits many: what is no JSON, and what is odd JSON."""
    start = rng.randrange(len(text))
    end = min(len(text), start + rng.choice((1, 1, 5, 40, 400)))
    odd = ("9" * 5000, "[" * 3000, "NaN", "1e999", "\x00", "\ufeff", '"', "}", "-")
    middle = rng.choice(("", text[start:end] * 2, *odd))
    return text[:start] + middle + text[end:]


def show_in_every_way(report: VerificationReport) -> None:
    """Use whatever a user may use of a report; none of it may fail, or let through what a terminal would obey."""
    text = str(report)
    assert repr(report)
    assert all(char.isprintable() or char == "\n" for char in text)
    report.to_html().encode("utf-8")
    report._repr_html_().encode("utf-8")
    ET.fromstring(to_junit(report))
    for width in (40, 100):
        Console(width=width, file=StringIO()).print(report)
    assert compare_reports(report, report) == ()
    assert VerificationReport.from_json(report.to_json()).to_json() == report.to_json()


@pytest.mark.parametrize("mutate", [mutate_tree, mutate_text])
@pytest.mark.parametrize("part", range(5))
def test_an_altered_report_is_refused_or_shown(mutate: Callable[[Random, str], str], part: int) -> None:
    rng = Random(part)
    text = whole_report().to_json()
    refused = longest = 0
    for _ in range(250):
        mutant = mutate(rng, text)
        try:
            report = VerificationReport.from_json(mutant)
        except FileFormatError as error:
            refused += 1
            longest = max(longest, len(str(error)))
        else:
            show_in_every_way(report)
    assert longest < 1000
    assert 50 < refused < 250, "the alterations reach both what is refused and what is shown"


def alter(**changes: object) -> str:
    """The report's text with changes in its first finding, or at the top where the first finding lacks the key."""
    tree = json.loads(whole_report().to_json())
    for key, value in changes.items():
        (tree["findings"][0] if key in tree["findings"][0] else tree)[key] = value
    return json.dumps(tree)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (alter(verdict="RIGHT"), "findings: entry 0: verdict must be a verdict, and is 'RIGHT'"),
        (alter(cause="bad luck"), "cause must be a cause"),
        (alter(path=3), "path must be str, and is int"),
        (alter(factor="2"), "factor must be float, and is str"),
        (alter(factor=True), "factor must be float, and is bool"),
        (alter(wrong=[[0, 0.5]]), "wrong: entry 0: entry 1 must be int, and is float"),
        (alter(wrong_count=1), "2 wrong elements are listed, and 1 counted"),
        (alter(wrong=[[0]]), "indices have several lengths"),
        (alter(wrong=[[-1, 0]]), "an index is negative"),
        (alter(coverage={"one_by_one": 5, "by_directions": 0, "total": 4}), "more was looked at than there is"),
        (alter(detail={"heatmap": [[1.0], [1.0, 2.0]]}), "rows of its heatmap have several lengths"),
        (alter(forwards=-1), "a count or the time is negative"),
        (alter(seconds=math.inf), "negative, or infinite"),
        (alter(schema=True), "got schema True"),
        (alter(colour="red"), "unknown key 'colour'"),
        (whole_report().to_json().replace('"verdict": "FAIL"', '"verdict": "PASS"', 1), "says 'PASS', and its"),
        (whole_report().to_json().replace('"seed": 3', '"seed": 3, "seed": 4'), "has the key 'seed' twice"),
        (whole_report().to_json().replace('"seed": 3', f'"seed": {"9" * 5000}'), "a number of 5000 digits"),
        ("[" * 100_000, "nested more than"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_report_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(FileFormatError, match=said.replace("[", r"\[")):
        VerificationReport.from_json(text)


def test_whatever_is_in_a_report_is_read_again() -> None:
    report = whole_report()
    again = VerificationReport.from_json(report.to_json())
    assert again.to_json() == report.to_json()
    assert again.findings[0] == report.findings[0]


def test_a_wrong_gradient_is_not_hidden_behind_a_right_one_of_the_same_path() -> None:
    before = VerificationReport((Finding("bias", Verdict.PASS), Finding("bias", Verdict.PASS)))
    after = VerificationReport((Finding("bias", Verdict.FAIL), Finding("bias", Verdict.PASS)))
    assert [str(change) for change in compare_reports(before, after)] == ["bias: PASS -> FAIL"]


HOSTILE = "w\x1b[31m\x07\x9b\u202e\u2066\u200b\ud800\x7f"
SHOWN = r"w\x1b[31m\x07\x9b\u202e\u2066\u200b\ud800\x7f"


def test_what_cannot_be_seen_is_shown_as_its_escape_everywhere() -> None:
    finding = Finding(HOSTILE, Verdict.FAIL, hint=HOSTILE, worst=Worst((0,), 1.0, 2.0, 1e-9))
    report = VerificationReport((finding,), notes=(HOSTILE,))
    out = StringIO()
    Console(width=200, file=out).print(report)
    ways = [str(report), report.to_html(HOSTILE), report._repr_html_(), to_junit(report, HOSTILE)]
    ways += [str(compare_reports(report, VerificationReport(()))[0]), out.getvalue()]
    for text in ways:
        assert SHOWN in text
        assert not set(HOSTILE[1:]) & set(text) - set("[31m")
