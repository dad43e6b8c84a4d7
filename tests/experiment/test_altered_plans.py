"""Whatever an experiment file holds, the command ends with a code that says what happened, and with one line."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from nnframe.cli import main

PLAN = Path(__file__).parents[2] / "docs" / "examples" / "digits.toml"
SMALLER = {
    'source = "digits"': 'source = "small.npz"',
    "units = 128": "units = 3",
    "epochs = 40": "epochs = 1",
    "examples = 8": "examples = 2",
    "accuracy = 0.97": "accuracy = 0.0",
    "input_shape = [64]": "input_shape = [3]",
}
HUGE = 2**62
"""So large that nobody tries to allocate it; what is merely large might be tried."""

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, -1, HUGE, -(2**63), 2**63, 10**30, 0.5, -0.5, 1e308, float("nan"), float("inf")),
    *("", "adam", "nothing", "relu", "../x", "\x1b[2J", "\u202e", "[/bold]", "x" * 2000, "float16", "uint8"),
    *([], {}, [1], [0], [-1], [HUGE], ["accuracy"], [[]], {"name": "dense"}, {"name": 3}, {"accuracy": 2.0}),
    *({"name": "sgd", "learning_rate": 1e300}, {"name": "sgd", "learning_rate": -1.0}, {"accuracy": float("nan")}),
)


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    text = PLAN.read_text(encoding="utf-8")
    for old, new in SMALLER.items():
        assert old in text
        text = text.replace(old, new)
    return tomllib.loads(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "small.npz", x=rng.normal(size=(20, 3)), y=np.arange(20) % 10)
    return tmp_path


def as_toml(value: Any) -> str:
    """Write a value as TOML; None, which TOML does not have, as a date."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return "2026-01-01" if value is None else json.dumps(value).replace("NaN", "nan").replace("Infinity", "inf")


def write(folder: Path, plan: dict[str, Any]) -> Path:
    path = folder / "plan.toml"
    path.write_text("\n".join(f"{json.dumps(key)} = {as_toml(value)}" for key, value in plan.items()), encoding="utf-8")
    return path


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    entries = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if isinstance(tree, list) else []
    for key, value in entries:
        yield tree, key
        yield from places(value)


def alter(rng: Random, plan: dict[str, Any]) -> dict[str, Any]:
    """Replace, delete, add or nest something."""
    altered = copy.deepcopy(plan)
    holder, key = rng.choice([each for each in places(altered) if each[1] != "epochs"])
    match rng.randrange(5):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[rng.choice(("extra", "seed", "callbacks", "shuffle", "dtype"))] = copy.deepcopy(rng.choice(ODD))
        case 2:
            holder[key] = rng.choice(([holder[key]], {"name": holder[key]}, str(holder[key])))
        case _:
            holder[key] = copy.deepcopy(rng.choice(ODD))
    return altered


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("part", range(4))
def test_an_altered_plan_ends_with_a_code_and_leaves_a_model_only_where_all_was_reached(
    part: int,
    base: dict[str, Any],
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Loading again in a new process is tested elsewhere, and takes most of the time.
    monkeypatch.setattr("nnframe.experiment.run._save", lambda model, path, x, console: model.save(path))
    rng = Random(part)
    seen = set()
    for _ in range(15):
        plan = alter(rng, base)
        for file in folder.glob("*.safetensors"):
            file.unlink()
        code = main(["run", str(write(folder, plan)), "--folder", str(folder), "--quiet"])
        said = capsys.readouterr()
        seen.add(code)
        assert code in (0, 1, 3), plan
        assert "Traceback" not in said.err + said.out, plan
        assert "\x1b" not in said.err + said.out, plan
        assert said.err.count("\n") == (code == 3), (plan, said.err)
        assert len(said.err) < 1000, plan
        assert bool(list(folder.glob("*.safetensors"))) <= (code == 0), plan
    assert {0, 3} <= seen, "the alterations reach both what runs and what does not"
