"""Whatever a plugin raises is told as its own fault, and breaks nobody else."""

from __future__ import annotations

import importlib.metadata
import io
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nnframe import registry
from nnframe.errors import BrokenPartError
from nnframe.registry.distribution import Distribution, describe
from nnframe.registry.doctor import diagnose

if TYPE_CHECKING:
    from tests.conftest import Site

GROUP = "nnframe.activations"

SILENT = "class Silent({base}):\n    def __str__(self): {body}\n"

SOURCES = {
    "BaseException": "raise BaseException('x')",
    "GeneratorExit": "raise GeneratorExit('x')",
    "SystemExit": "raise SystemExit(3)",
    "MemoryError": "raise MemoryError('x')",
    "RecursionError": "def f(): f()\nf()",
    "CancelledError": "import asyncio\nraise asyncio.CancelledError",
    "BaseExceptionGroup": "raise BaseExceptionGroup('x', [GeneratorExit()])",
    "str() raises": SILENT.format(base="Exception", body="raise BaseException") + "raise Silent",
    "str() is no text": SILENT.format(base="BaseException", body="return 3") + "raise Silent",
    "str() is long": SILENT.format(base="ImportError", body="return 'long ' * 10**6") + "raise Silent",
    "strange name of a missing module": (
        "class Missing(ModuleNotFoundError):\n    name = property(lambda self: 1 / 0)\nraise Missing('x')"
    ),
    "module __getattr__": "def __getattr__(name): raise GeneratorExit('x')",
    "hostile stand-in": (
        "import sys\nclass Odd:\n    __dict__ = property(lambda self: 1 / 0)\nsys.modules[__name__] = Odd()"
    ),
    "no stand-in": "import sys\nsys.modules[__name__] = None",
    "metaclass": (
        "class Meta(type):\n"
        "    __mro__ = property(lambda cls: 1 / 0)\n"
        "    __qualname__ = property(lambda cls: 1 / 0)\n"
        "    __hash__ = None\n"
        "class Times(metaclass=Meta): ...\n"
    ),
    "class of another class": "class Odd:\n    __class__ = property(lambda self: 1 / 0)\nTimes = Odd()",
    "repr": "class Odd:\n    def __repr__(self): raise BaseException\nTimes = Odd()",
    "broken part of another": "from nnframe import registry\nregistry.activations.get('broken')",
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_whatever_a_plugin_raises_is_told_as_its_fault(site: Site, times: str, source: str) -> None:
    site.install("hostile", {GROUP: {"times": "hostile:Times"}}, {"hostile": source})
    site.install("worse", {GROUP: {"broken": "worse:Times"}}, {"worse": "1 / 0"})
    site.install("good", {GROUP: {"good": "good:Times"}}, {"good": times})
    with pytest.raises(BrokenPartError) as error:
        registry.activations.get("times")
    assert str(error.value).startswith("'times' of hostile 1.0 (hostile:Times) cannot be used: ")
    assert len(str(error.value)) < 1000
    assert "\n" not in str(error.value)
    findings = diagnose()
    assert {finding.distributions for finding in findings} == {("hostile 1.0",), ("worse 1.0",)}
    assert registry.activations.get("good").__name__ == "Times"


def test_an_interruption_by_the_user_is_not_lost(site: Site) -> None:
    site.install("slow", {GROUP: {"times": "slow:Times"}}, {"slow": "raise KeyboardInterrupt"})
    with pytest.raises(KeyboardInterrupt):
        registry.activations.get("times")
    with pytest.raises(KeyboardInterrupt):
        diagnose()


def test_a_module_that_fails_is_imported_once_however_many_entries_name_it(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "print('imported')\n1 / 0\n"
    site.install("bad", {GROUP: {f"times{index}": "bad:Times" for index in range(50)}}, {"bad": source})
    findings = diagnose()
    assert len(findings) == 50
    assert capsys.readouterr().err.count("imported") == 1


def test_a_plugin_that_closes_the_standard_output_while_it_is_imported_closes_nothing(site: Site, times: str) -> None:
    closing = "import sys\nsys.stdout.close()\nsys.__stdout__.close()\nsys.stdout.buffer.close()\n"
    loud = "import sys\nprint('hello')\nsys.stdout.buffer.write(b'hello')\n"
    site.install("a-closing", {GROUP: {"closing": "closing:Times"}}, {"closing": closing + times})
    site.install("b-loud", {GROUP: {"loud": "loud:Times"}}, {"loud": loud + times})
    before = sys.stdout, sys.__stdout__
    assert diagnose() == ()
    assert (sys.stdout, sys.__stdout__) == before
    assert not sys.stdout.closed


def test_a_plugin_may_print_where_there_is_no_standard_error(
    site: Site, times: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install("loud", {GROUP: {"loud": "loud:Times"}}, {"loud": "print('hello')\n" + times})
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert diagnose() == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "is no file"),
        (b"[nnframe.layers]\n\xff = m:E\n", "is no UTF-8 text"),
        (b"[nnframe.layers]\n" + b"# long\n" * (5 * 2**20), "is longer than 32 MiB"),
    ],
    ids=["a folder", "binary", "long"],
)
def test_entry_points_that_cannot_be_read_are_named_and_hide_nobody(
    site: Site, times: str, content: bytes | None, reason: str
) -> None:
    site.install("odd", {GROUP: {"odd": "odd:Times"}})
    site.install("good", {GROUP: {"good": "good:Times"}}, {"good": times})
    file = site.metadata("odd") / "entry_points.txt"
    file.unlink()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    registry.refresh()
    assert registry.activations.names() == ("good",)
    (finding,) = diagnose()
    assert (finding.problem, finding.subject) == ("malformed", f"entry_points.txt {reason}")


def test_hostile_metadata_hide_nobody(site: Site, times: str) -> None:
    site.install("good", {GROUP: {"good": "good:Times"}}, {"good": times})
    (site.folder / ".dist-info").mkdir()
    (site.folder / "gone-1.0.dist-info").symlink_to(site.folder / "nowhere")
    (site.folder / "loop-1.0.dist-info").symlink_to(site.folder / "loop-1.0.dist-info")
    (site.folder / "file-1.0.dist-info").write_text("")
    site.install("nul", "[nnframe.activations]\na\0b = m\0:C\n")
    registry.refresh()
    assert registry.activations.get("good").__name__ == "Times"
    assert {finding.distributions for finding in diagnose()} <= {("nul 1.0",), ("loop-1-0 unknown",), ("loop unknown",)}


def test_a_distribution_whose_metadata_hold_control_characters_and_megabytes_is_told_in_one_short_line(
    site: Site,
) -> None:
    site.install("long", {GROUP: {"times": "gone:Times"}})
    headers = f"Metadata-Version: 2.1\nName: lo\x1b[2Jng\u202e\nVersion: {'1' * 10**6}\n"
    (site.metadata("long") / "METADATA").write_text(headers, encoding="utf-8")
    registry.refresh()
    with pytest.raises(BrokenPartError) as error:
        registry.activations.get("times")
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 1000
    assert "odd name" in {finding.problem for finding in diagnose()}


def test_a_finder_of_distributions_that_fails_hides_nobody(
    site: Site, times: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> Iterator[importlib.metadata.Distribution]:
        if times:
            raise OSError("broken")
        yield from ()

    site.install("good", {GROUP: {"good": "good:Times"}}, {"good": times})
    distributions = importlib.metadata.distributions
    monkeypatch.setattr(importlib.metadata, "distributions", lambda: itertools.chain(failing(), distributions()))
    registry.refresh()
    assert registry.activations.names() == ("good",)


def test_a_distribution_cannot_take_the_name_of_another_in_its_metadata(tmp_path: Path) -> None:
    folder = tmp_path / "evil-0.1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Name: nnframe-relu\nVersion: 0.1.0\n")
    assert describe("evil", importlib.metadata.PathDistribution(folder)).name == "evil"


def test_an_origin_that_is_nested_without_end_breaks_nothing() -> None:
    assert Distribution("a", "1", "", "[" * 100_000).source == "installed"
