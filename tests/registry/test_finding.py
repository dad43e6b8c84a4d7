"""Finding parts among installed distributions, and what is said when there is none."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, assert_type

import numpy as np
import pytest

from nnframe import registry
from nnframe.errors import BrokenPartError, ConfigurationError, ConflictError, UnknownPartError
from nnframe.interfaces import Activation, AnyLayer, Loss

if TYPE_CHECKING:
    from tests.conftest import Site

GROUP = "nnframe.activations"


def test_a_part_is_found_by_the_name_that_its_distribution_gives_it(site: Site, times: str) -> None:
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    part = registry.activations.create("times", factor=5.0)
    np.testing.assert_array_equal(part.forward(np.array([1.0, 2.0]))[0], [5.0, 10.0])
    assert registry.activations.get("times").__module__ == "third_party"


def test_what_the_registry_hands_out_has_the_type_of_its_kind(site: Site, times: str) -> None:
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    assert_type(registry.activations.get("times"), type[Activation])
    assert_type(registry.activations.create("times"), Activation)
    assert_type(registry.activations.resolve("times"), Activation)
    assert_type(registry.resolve("times", registry.layers, registry.activations), AnyLayer | Activation)
    if TYPE_CHECKING:
        assert_type(registry.losses.get("mse"), type[Loss[object]])


def test_names_are_read_without_importing_and_only_the_part_asked_for_is_imported(site: Site, times: str) -> None:
    site.install("one", {GROUP: {"one": "part_one:Times"}}, {"part_one": times})
    site.install("two", {GROUP: {"two": "part_two:Times"}}, {"part_two": times})
    assert registry.activations.names() == ("one", "two")
    assert [entry.distribution.name for entry in registry.activations.entries()] == ["one", "two"]
    assert not {"part_one", "part_two"} & set(sys.modules)
    registry.activations.get("two")
    assert "part_one" not in sys.modules


def test_a_wheel_that_pip_installs_is_found(site: Site, times: str, tmp_path: Path) -> None:
    wheel = site.install("elsewhere", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    target = tmp_path / "target"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(target)]
    subprocess.run([*pip, str(wheel)], check=True)
    sys.path[0] = str(target)
    registry.refresh()
    assert registry.activations.get("times").__name__ == "Times"


def test_a_part_installed_in_the_meantime_is_found_without_a_refresh(
    site: Site, times: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert registry.activations.names() == ()
    monkeypatch.setattr(registry, "refresh", lambda: None)
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    assert registry.activations.get("times").__name__ == "Times"


def test_an_alias_leads_to_the_part(site: Site, times: str) -> None:
    groups = {GROUP: {"times": "third_party:Times"}, f"{GROUP}.aliases": {"double": "times"}}
    site.install("third-party", groups, {"third_party": times})
    assert registry.activations.get("double") is registry.activations.get("times")
    assert registry.activations.aliases() == {"double": "times"}
    assert "double" in registry.activations
    assert registry.activations.names() == ("times",)


def test_a_malformed_distribution_breaks_nobody_else(site: Site, times: str) -> None:
    site.install("unrelated", "[console_scripts]\nthis line says nothing\n")
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    site.install("latin", {"console_scripts": {"a": "b:c"}})
    (site.metadata("latin") / "entry_points.txt").write_bytes(b"[nnframe.layers]\n\xe9 = m:E\n")
    registry.refresh()
    with pytest.raises(Exception, match=r"."):  # what the standard library makes of it
        entry_points()
    assert registry.activations.get("times").__name__ == "Times"


def test_metadata_without_a_version_breaks_nobody(site: Site, times: str) -> None:
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    (site.metadata("third-party") / "METADATA").unlink()
    registry.refresh()
    entry = registry.activations.find("times")
    assert str(entry.distribution) == "third-party unknown"
    assert registry.activations.get("times").__name__ == "Times"


def test_of_two_copies_of_a_distribution_the_first_on_the_path_counts(
    site: Site, times: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    second = tmp_path / "second"
    second.mkdir()
    type(site)(second).install("Third.Party", {GROUP: {"times": "old:Times", "old": "old:Old"}}, version="0.9")
    monkeypatch.setattr(sys, "path", [*sys.path, str(second)])
    registry.refresh()
    assert registry.activations.names() == ("times",)
    assert registry.activations.find("times").distribution.version == "1.0"


def test_an_unknown_name_gets_the_likely_one(site: Site, times: str) -> None:
    site.install("third-party", {GROUP: {"times_two": "third_party:Times"}}, {"third_party": times})
    for spelling in ("times_to", "TimesTwo", "times-two"):
        with pytest.raises(
            UnknownPartError, match=rf"no activation is called '{spelling}': did you mean 'times_two'\?"
        ):
            registry.activations.get(spelling)


@pytest.mark.parametrize(
    ("kind", "name", "distribution", "folder"),
    [
        ("activations", "sigmoid", "nnframe-sigmoid", "plugins/sigmoid"),
        ("activations", "relu", "nnframe-relu", "plugins/relu"),
        ("losses", "mse", "nnframe-mse", "plugins/mse"),
        ("losses", "cross_entropy", "nnframe-cross-entropy", "plugins/cross-entropy"),
        ("losses", "binary_cross_entropy", "nnframe-cross-entropy", "plugins/cross-entropy"),
    ],
)
@pytest.mark.usefixtures("site")
def test_a_missing_sample_plugin_is_named_with_both_ways_to_get_it(
    kind: str, name: str, distribution: str, folder: str
) -> None:
    with pytest.raises(UnknownPartError) as error:
        getattr(registry, kind).get(name)
    assert f"'pip install ./{folder}' in a checkout" in str(error.value)
    assert f"'pip install {distribution}'" in str(error.value)


@pytest.mark.usefixtures("site")
def test_a_misspelt_sample_plugin_is_recognised() -> None:
    with pytest.raises(UnknownPartError, match=r"did you mean 'sigmoid'\? nnframe-sigmoid has it"):
        registry.activations.get("sigmiod")


@pytest.mark.usefixtures("site")
def test_where_nnframe_itself_is_not_installed_the_error_says_so() -> None:
    with pytest.raises(UnknownPartError, match=r"None of nnframe's own parts is registered: install nnframe"):
        registry.layers.get("dense")


def test_a_name_of_another_kind_is_pointed_out(site: Site, times: str) -> None:
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    with pytest.raises(UnknownPartError, match=r"no layer is called 'times'.* 'times' is among the activations"):
        registry.layers.get("times")


def test_two_distributions_with_one_name_are_both_named_and_can_be_chosen(site: Site, times: str, thrice: str) -> None:
    site.install("one", {GROUP: {"times": "part_one:Times"}}, {"part_one": times}, version="1.2")
    site.install("two", {GROUP: {"times": "part_two:Times"}}, {"part_two": thrice}, version="3.4")
    with pytest.raises(ConflictError) as error:
        registry.activations.get("times")
    assert {"one 1.2", "two 3.4", "'one:times'", "'two:times'"} <= set(
        re.findall(r"'\w+:\w+'|\w+ \d\.\d", str(error.value))
    )
    assert registry.activations.create("one:times").forward(np.ones(1))[0] == 2
    assert registry.activations.create("two:times").forward(np.ones(1))[0] == 3
    with pytest.raises(UnknownPartError):
        registry.activations.get("three:times")


@pytest.mark.parametrize(
    ("value", "source", "said"),
    [
        ("bad:Times", "raise RuntimeError('my fault')", "RuntimeError: my fault"),
        ("bad:Times", "import sys; sys.exit('no')", "SystemExit: no"),
        ("bad:Times", "import surely_not_installed", "bad-one needs a package that is not installed"),
        ("bad:Times", "def f(:", "SyntaxError"),
        ("bad:Tmies", "class Times: ...", "bad has no 'Tmies': did you mean 'Times'?"),
        ("gone:Times", "", "Its module is gone: install bad-one again, or uninstall it"),
        ("bad Times", "", "'bad Times' is not 'module:Class'"),
        ("bad:Times", "Times = 3", "got 3, which is no class"),
        ("bad:Times", "class Times: ...", "Times is no subclass of nnframe.interfaces.Activation"),
        ("bad:Flatten", "from nnframe.layers import Flatten", "it is of kind 'layer'"),
        (
            "bad:Times",
            "from nnframe.interfaces import Elementwise\nclass Times(Elementwise):\n    def derivate(self, x, y): ...",
            "did you mean 'derivative'?",
        ),
        (
            "bad:Times",
            "from nnframe.interfaces import Activation\nclass Times(Activation):\n    def forward(self, x): return x",
            "put @frozen",
        ),
    ],
)
def test_a_broken_part_is_refused_with_its_distribution_and_the_reason(
    site: Site, times: str, value: str, source: str, said: str
) -> None:
    site.install("bad-one", {GROUP: {"times": value}}, {"bad": source}, version="6.6")
    site.install("good", {GROUP: {"good": "good:Times"}}, {"good": times})
    with pytest.raises(BrokenPartError) as error:
        registry.activations.get("times")
    assert "bad-one 6.6" in str(error.value)
    assert said in str(error.value)
    assert registry.activations.get("good").__name__ == "Times"


def test_the_error_of_a_broken_part_is_chained_to_its_cause(site: Site) -> None:
    site.install("bad", {GROUP: {"times": "bad:Times"}}, {"bad": "1 / 0"})
    with pytest.raises(BrokenPartError) as error:
        registry.activations.get("times")
    assert isinstance(error.value.__cause__, ZeroDivisionError)


def test_a_wrong_option_is_named(site: Site, times: str) -> None:
    site.install("third-party", {GROUP: {"times": "third_party:Times"}}, {"third_party": times})
    with pytest.raises(ConfigurationError, match=r"no option 'facter': did you mean 'factor'"):
        registry.activations.create("times", facter=3)


def test_layers_are_asked_before_activations_where_both_have_the_name(site: Site, times: str) -> None:
    groups = {GROUP: {"times": "third_party:Times"}, "nnframe.layers": {"times": "third_party:Layer"}}
    site.install("third-party", groups, {"third_party": times})
    kinds = (registry.layers, registry.activations)
    assert registry.lookup("times", kinds) is registry.layers
    assert registry.lookup("times", kinds[::-1]) is registry.activations
    with pytest.raises(UnknownPartError, match="no layer or activation is called 'tims'"):
        registry.lookup("tims", kinds)
