"""nnframe plugins list and doctor, as they are used."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from nnframe import cli, registry
from nnframe.cli._table import print_table

if TYPE_CHECKING:
    from tests.conftest import Site

GROUP = "nnframe.activations"
PART = """
from attrs import frozen
from nnframe.interfaces import Activation
@frozen
class Same(Activation):
    def forward(self, x):
        return x, lambda dy: dy
"""


@pytest.fixture
def healthy(site: Site) -> Site:
    groups = {GROUP: {"same": "same_part:Same"}, f"{GROUP}.aliases": {"linear": "same", "identical": "same"}}
    site.install("same-part", groups, {"same_part": PART}, version="1.5")
    return site


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = cli.main(arguments)
    return code, capsys.readouterr().out


def own(lines: list[str]) -> list[str]:
    """Drop parts that other tests of this process registered in the session."""
    return [line for line in lines if "this session" not in line]


def test_the_list_has_a_line_for_each_part(healthy: Site, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "plugins", "list")
    head, part = own(text.splitlines())
    assert code == 0
    assert head.split() == ["name", "kind", "aliases", "distribution", "version", "from"]
    assert part.split() == ["same", "activation", "identical,", "linear", "same-part", "1.5", "installed"]
    assert "same_part" not in sys.modules


def test_where_a_part_comes_from_is_said(healthy: Site, capsys: pytest.CaptureFixture[str]) -> None:
    url = {"url": "file:///src", "dir_info": {"editable": True}}
    (healthy.metadata("same-part", "1.5") / "direct_url.json").write_text(json.dumps(url))
    registry.refresh()
    assert run(capsys, "plugins", "list")[1].splitlines()[1].endswith("editable")


def test_the_list_as_json_and_of_one_kind(healthy: Site, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "plugins", "list", "--json", "--kind", "activation")
    parts = [part for part in json.loads(text)["parts"] if part["from"] != "runtime"]
    assert code == 0
    assert parts == [
        {
            "name": "same",
            "kind": "activation",
            "aliases": ["identical", "linear"],
            "distribution": "same-part",
            "version": "1.5",
            "from": "installed",
            "value": "same_part:Same",
        }
    ]
    assert json.loads(run(capsys, "plugins", "list", "--json", "--kind", "metrics")[1])["parts"] == []


def test_an_unknown_kind_is_an_error_with_a_hint(healthy: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plugins", "list", "--kind", "layr"]) == 3
    assert "did you mean 'layer'" in capsys.readouterr().err


def test_the_doctor_is_content_with_a_healthy_environment(healthy: Site, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "plugins", "doctor")
    assert code == 0
    assert "all is well" in text
    assert json.loads(run(capsys, "plugins", "doctor", "--json")[1]) == {"schema": 1, "findings": []}


def test_the_doctor_names_the_sick_and_exits_with_one(healthy: Site, capsys: pytest.CaptureFixture[str]) -> None:
    healthy.install("bad", {GROUP: {"bad": "bad:Bad"}}, {"bad": "print('loud')\nimport surely_not_installed"})
    code, text = run(capsys, "plugins", "doctor")
    assert code == 1
    assert f"broken: {GROUP} 'bad' = bad:Bad (bad 1.0)" in text.splitlines()
    assert "No module named 'surely_not_installed'" in text
    code, text = run(capsys, "plugins", "doctor", "--json")
    (finding,) = json.loads(text)["findings"]
    assert (code, finding["problem"], finding["distributions"]) == (1, "broken", ["bad 1.0"])


def test_without_the_extra_the_command_says_how_to_install_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typer", None)
    assert cli.main(["plugins", "list"]) == 3
    assert "pip install 'nnframe[cli]'" in capsys.readouterr().err


def test_a_narrow_terminal_gets_one_line_a_row_cut_to_its_width(capsys: pytest.CaptureFixture[str]) -> None:
    columns, rows = ("name", "kind", "aliases"), [("a" * 20, "layer", ""), ("b", "activation", "c, d, e, f")]
    print_table(columns, rows, Console(force_terminal=True, width=36, color_system=None))
    assert capsys.readouterr().out.splitlines() == [
        f"{'name':<20}  kind    alias…",
        f"{'a' * 20}  layer",
        f"{'b':<20}  activ…  c, d,…",
    ]
    print_table(columns, rows, Console(force_terminal=True, width=80, color_system=None))
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["name", "kind", "aliases"],
        ["a" * 20, "layer"],
        ["b", "activation", "c,", "d,", "e,", "f"],
    ]


def test_the_whole_list_has_one_line_a_part_on_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    parts = [part for kind in registry.KINDS.values() for part in kind.entries()]
    rows = [[part.name, part.group, "an alias, another alias", str(part.distribution)] for part in parts]
    print_table(["name", "kind", "aliases", "distribution"], rows, Console(force_terminal=True, width=80))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines[1:]] == [part.name for part in parts]


def test_what_looks_like_markup_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["[red]"], [["[/bold]" * 30]], Console(force_terminal=False, width=40))
    assert capsys.readouterr().out == f"[red]\n{'[/bold]' * 30}\n"
