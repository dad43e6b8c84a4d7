"""Every benchmark runs: each of its sides in a process of its own, with no library of another side."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import pytest

from tests.benchmarks import (
    comparison,
    elementwise,
    imports,
    inference,
    layers,
    overhead,
    patches,
    tables,
    training,
    verifier,
)
from tests.benchmarks.processes import Measurement, Side, run_in_turn
from tests.benchmarks.side import ROOT
from tests.benchmarks.verified import NETWORKS, Network

Found = tuple[Mapping[str, Side], Mapping[str, Measurement]]
OWN, PURE, COMPILED = {"nnframe"}, set[str](), {"nnframe", "numba"}
BENCHMARKS: dict[str, tuple[Callable[[Sequence[str]], None], list[str], dict[str, set[str]]]] = {
    "training": (
        training.main,
        ["--only", "64-128", "--names", "nnframe", "Thinc", "products alone"],
        {
            "nnframe": COMPILED,
            "Thinc": {"thinc"},
            "products alone": PURE,
        },
    ),
    "memory": (
        training.main,
        ["--memory", "--only", "XOR", "--names", "nnframe", "torch", "JAX jit"],
        {"nnframe": COMPILED, "torch": {"torch"}, "JAX jit": {"jax"}},
    ),
    "layers": (
        layers.main,
        ["--only", "dense 256"],
        {"nnframe": COMPILED, "nnframe without numba": OWN, "torch": {"torch"}},
    ),
    "elementwise": (
        elementwise.main,
        ["--only", "leaky"],
        {"NumPy": PURE, "nnframe": COMPILED, "torch": {"torch"}},
    ),
    "inference": (
        inference.main,
        ["--only", "8 at once"],
        {"nnframe": COMPILED, "torch": {"torch"}, "plain expression": PURE},
    ),
    "imports": (imports.main, [], dict.fromkeys(imports.STATEMENTS, PURE)),
    "overhead": (overhead.main, ["--only", "16"], {"nnframe": COMPILED, "by hand": PURE}),
    "patches": (
        patches.main,
        ["--only", "forward of 4, 8", "14, 16, 16; float32"],
        dict.fromkeys(("one matrix", "as large", "turned kernel", "sums"), COMPILED),
    ),
    "verifier": (verifier.main, ["--only", "course"], {"nnframe": COMPILED, "plain loop": PURE}),
    "comparison": (
        comparison.main,
        ["--only", "nnframe", "norm", "--every", "400"],
        {"nnframe": COMPILED, "the course notebook's norm < 2e-7": COMPILED},
    ),
}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_gives_each_side_a_process_and_only_its_library(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main, arguments, libraries = BENCHMARKS[name]
    seen: list[Found] = []

    def record(rows: Sequence[Mapping[str, Side]], **options: Any) -> list[dict[str, Measurement]]:
        found = run_in_turn(rows, **options)
        seen.extend(zip(rows, found, strict=True))
        return found

    for module in (tables, comparison):
        monkeypatch.setattr(module, "run_in_turn", record)
    main([*arguments, "--rounds", "1", "--seconds", "0"])

    measured = {side for _, found in seen for side in found}
    assert {side for sides, _ in seen for side in sides} == set(libraries)
    assert measured == {side for sides, _ in seen for side in sides if all(map(find_spec, sides[side].libraries))}
    owners: dict[int, set[str]] = {}
    for _, found in seen:
        for side, each in found.items():
            owners.setdefault(each.processes[0], set()).add(side)
    assert all(len(sides) == 1 for sides in owners.values())
    assert os.getpid() not in owners
    for _, found in seen:
        for side, each in found.items():
            assert each.libraries <= libraries[side], side
    printed = capsys.readouterr().out
    assert ("not installed" in printed) == any(len(found) < len(sides) for sides, found in seen)


def test_a_tree_of_before_is_a_side_of_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    tree = str(ROOT)
    overhead.main(["--before", tree, "--only", "4 layers", "--rounds", "1", "--seconds", "0"])
    assert "| nnframe (µs) | nnframe, before (µs) | by hand (µs) |" in capsys.readouterr().out


def test_gradcheck_runs_on_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    from tests.benchmarks.verifier_peers import build_gradcheck

    tiny = Network(lambda own: [own.Dense(2)], lambda torch: torch.nn.Linear(3, 2), (2, 3), 2, 1)
    monkeypatch.setitem(NETWORKS, "tiny", tiny)
    build_gradcheck("tiny").call()
    assert torch.get_default_dtype() == torch.float32
