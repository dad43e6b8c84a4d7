"""Every example in the README and in the docs runs, and prints what the page says that it prints."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnframe import registry

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("plugins/*/README.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
ANCHOR = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def comments(code: str) -> dict[int, str]:
    """The comment at the end of each line."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return {token.start[0]: token.string[1:].strip() for token in tokens if token.type == tokenize.COMMENT}


def run_block(code: str, names: dict[str, object], where: str) -> None:
    """Run a block statement by statement; a comment behind a print is what it must print."""
    said = comments(code)
    for statement in ast.parse(code).body:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(ast.Module([statement], []), where, "exec"), names)
        expected = said.get(statement.end_lineno or 0)
        if expected and ast.unparse(statement).startswith("print(") and not expected.startswith("says"):
            assert out.getvalue().strip() == expected, f"{where}: {ast.unparse(statement)}"


@pytest.fixture
def session() -> Iterator[None]:
    """Forget the parts that a page registers for its session."""
    yield
    for kind in registry.KINDS.values():
        for entry in kind.entries():
            if entry.distribution.source == "runtime":
                kind.unregister(entry.name)


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__example__"}
    for number, code in enumerate(blocks, 1):
        run_block(code, names, f"{page.name}, block {number}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if not link.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def list_anchors(page: Path) -> set[str]:
    """The names that headings have in links, as GitHub makes them; code is not looked at for headings."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in HEADING.findall(text)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_anchors_in_the_links_of_a_page_are_headings(page: Path) -> None:
    for link, anchor in ANCHOR.findall(page.read_text(encoding="utf-8")):
        target = page.parent / link if link else page
        assert anchor in list_anchors(target), f"{page.name}: {link}#{anchor}"
