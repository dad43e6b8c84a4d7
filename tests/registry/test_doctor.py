"""The doctor finds everything that is wrong, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nnframe.registry.doctor import Finding, diagnose

if TYPE_CHECKING:
    from tests.conftest import Site

GROUP = "nnframe.activations"


def only() -> Finding:
    (finding,) = diagnose()
    return finding


def test_a_healthy_environment_has_no_findings(site: Site, times: str) -> None:
    groups = {GROUP: {"times": "good:Times"}, f"{GROUP}.aliases": {"double": "times"}, "other.plugins": {"x": "y:z"}}
    site.install("good", groups, {"good": times})
    site.install("unrelated", {"console_scripts": {"a": "b:c"}})
    sys.path.append(sys.path[0])
    assert diagnose() == ()


def test_a_missing_dependency_is_broken(site: Site) -> None:
    site.install("bad", {GROUP: {"times": "bad:Times"}}, {"bad": "import surely_not_installed"})
    finding = only()
    assert finding.problem == "broken"
    assert finding.distributions == ("bad 1.0",)
    assert "No module named 'surely_not_installed'" in finding.cause


def test_an_entry_point_whose_module_is_gone_is_stale(site: Site, times: str) -> None:
    site.install("gone", {GROUP: {"times": "gone:Times"}}, {"gone": times})
    (site.folder / "gone.py").unlink()
    finding = only()
    assert (finding.problem, finding.subject) == ("stale", f"{GROUP} 'times' = gone:Times")


def test_two_that_claim_one_name_are_in_conflict(site: Site, times: str, thrice: str) -> None:
    site.install("one", {GROUP: {"times": "part_one:Times"}}, {"part_one": times})
    site.install("two", {GROUP: {"times": "part_two:Times"}}, {"part_two": thrice}, version="2.0")
    finding = only()
    assert (finding.problem, set(finding.distributions)) == ("conflict", {"one 1.0", "two 2.0"})
    assert "'one:times'" in finding.cause


def test_a_part_of_another_kind_is_broken(site: Site, times: str) -> None:
    site.install("bad", {"nnframe.layers": {"times": "bad:Times"}}, {"bad": times})
    finding = only()
    assert finding.problem == "broken"
    assert "no subclass of nnframe.interfaces.AnyLayer; it is of kind 'activation'" in finding.cause


@pytest.mark.parametrize(
    ("group", "target", "problem"),
    [("aliases", "nothing", "broken"), ("aliases", "times", "conflict")],
)
def test_an_alias_that_leads_nowhere_or_is_hidden(
    site: Site, times: str, group: str, target: str, problem: str
) -> None:
    alias = "times" if problem == "conflict" else "double"
    groups = {GROUP: {"times": "good:Times"}, f"{GROUP}.{group}": {alias: target}}
    site.install("good", groups, {"good": times})
    assert only().problem == problem


def test_a_misspelt_group_is_found(site: Site, times: str) -> None:
    site.install("typo", {"nnframe.activation": {"times": "good:Times"}}, {"good": times})
    finding = only()
    assert finding.problem == "unknown group"
    assert "did you mean 'nnframe.activations'?" in finding.cause


def test_a_malformed_file_of_an_unrelated_distribution_is_found(site: Site) -> None:
    site.install("unrelated", "[console_scripts]\nthis says nothing\n")
    finding = only()
    assert (finding.problem, finding.distributions) == ("malformed", ("unrelated 1.0",))
    assert "line 2 of entry_points.txt, 'this says nothing'" in finding.subject


def test_a_second_copy_on_the_path_is_found(
    site: Site, times: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install("good", {GROUP: {"times": "good:Times"}}, {"good": times})
    (tmp_path / "second").mkdir()
    second = type(site)(tmp_path / "second")
    second.install("Good", {GROUP: {"times": "good:Times"}}, version="0.9")
    second.install("unrelated", {"console_scripts": {"a": "b:c"}})
    site.install("unrelated", {"console_scripts": {"a": "b:c"}})
    monkeypatch.setattr(sys, "path", [*sys.path, str(second.folder)])
    finding = only()
    assert (finding.problem, finding.distributions) == ("shadowed", ("Good 0.9",))
    assert str(site.folder) in finding.cause


def test_what_a_part_prints_while_it_is_imported_stays_out_of_the_output(
    site: Site, times: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site.install("loud", {GROUP: {"times": "loud:Times"}}, {"loud": times + "\nprint('hello')\n"})
    assert diagnose() == ()
    assert capsys.readouterr().out == ""
