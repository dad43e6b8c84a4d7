"""The page of a report: its structure, what is escaped, and that it needs nothing else."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest

from nnframe.verification import Finding, Verdict, VerificationReport
from tests.verification.html.reports import HOSTILE, faulty, hostile, large

VOID = {"meta", "input", "img", "br", "link", "circle", "line", "polyline", "rect"}


class Page(HTMLParser):
    """What a browser makes of a page: elements with attributes, and the text of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" not in self.open and "style" not in self.open:
            self.text.append(data)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


@pytest.fixture(scope="module")
def report() -> VerificationReport:
    return faulty()


def test_every_element_is_closed_and_every_id_is_there_once(report: VerificationReport) -> None:
    page = Page(report.to_html())
    assert page.open == []
    ids = [each["id"] for _, each in page.elements if "id" in each]
    assert len(ids) == len(set(ids))
    assert {each["aria-controls"] for _, each in page.elements if "aria-controls" in each} <= set(ids)


def test_the_worst_gradient_comes_first(report: VerificationReport) -> None:
    page = Page(report.to_html())
    searched = [each["data-search"] or "" for _, each in page.elements if "data-search" in each]
    assert searched[0].split()[0] == "bias"
    assert len(searched) == 3
    assert "batch mean" in searched[0]


def test_each_gradient_has_three_pictures(report: VerificationReport) -> None:
    assert Page(report.to_html()).count("figure") == 9


def test_without_details_there_are_no_pictures() -> None:
    assert Page(faulty(details=False).to_html()).count("figure") == 0


def test_nothing_is_loaded_from_anywhere(report: VerificationReport) -> None:
    page = Page(report.to_html())
    sources = [value for _, each in page.elements for name, value in each.items() if name in ("src", "href")]
    assert all(value is not None and value.startswith("data:image/png;base64,") for value in sources)
    assert not re.search(r"@import|url\(|fetch\(|XMLHttp", report.to_html())


def test_hostile_texts_stay_texts() -> None:
    text = hostile().to_html(HOSTILE)
    page = Page(text)
    assert page.count("script") == 1
    assert page.count("img") == 0
    assert not any(name.startswith("on") for _, each in page.elements for name in each)
    assert HOSTILE in "".join(page.text)


def test_the_piece_for_a_notebook_is_escaped_and_short() -> None:
    assert "<script" not in hostile()._repr_html_()
    assert large()._repr_html_().count("<tr>") == 21


def test_an_empty_report_has_a_page() -> None:
    assert "none" in "".join(Page(VerificationReport(()).to_html()).text)


def test_a_finding_of_which_nothing_is_known_has_a_row() -> None:
    assert Page(VerificationReport((Finding("x", Verdict.INCONCLUSIVE),)).to_html()).count("tbody") == 1


def test_two_hundred_gradients_with_pictures_are_written_in_seconds_and_two_megabytes() -> None:
    report = large()
    started = time.perf_counter()
    page = report.to_html()
    assert time.perf_counter() - started < 15
    assert len(page) < 2_500_000
