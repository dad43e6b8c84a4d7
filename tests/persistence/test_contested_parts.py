"""A file takes each part from the distribution that it names, whoever else claims the name."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from nnframe.errors import FileFormatError
from nnframe.persistence.parts import NamedPart, resolve_as_named

FIXTURE = Path(__file__).parent / "fixtures" / "schema-0.safetensors"

PREAMBLE = """
import sys
from pathlib import Path
import numpy as np
from nnframe import Model, registry
from nnframe.errors import ConflictError, NNFrameError

site, files = Path(sys.argv[1]), Path(sys.argv[2])
sys.path.append(str(site))
SOURCE = '''
from attrs import frozen
from nnframe.interfaces import *
from nnframe import registry as _r
def _wrong(*a, **k): raise AssertionError("the part of the wrong distribution was used")
'''
KINDS = {kind.group: kind for kind in registry.KINDS.values()}

def claim(group, name, distribution="rival"):
    folder = site / f"{distribution}-1.0.dist-info"
    folder.mkdir(exist_ok=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\\nName: {distribution}\\nVersion: 1.0\\n")
    with (folder / "entry_points.txt").open("a") as stream:
        stream.write(f"[{group}]\\n{name} = {distribution}_parts:Wrong\\n")
    registry.refresh()

def claim_everything(distribution="rival"):
    known = [(entry.group, entry.name) for kind in KINDS.values() for entry in kind.entries()]
    for group, name in known:
        claim(group, name, distribution)

def build():
    from nnframe.layers import Dense
    inner = {"name": "sequential", "layers": ["tanh", {"name": "dropout", "rate": 0.1}]}
    layers = [Dense(3, use_bias=True), "relu", inner]
    return Model([*layers, Dense(2)], loss="mse", input_shape=(4,),
                 regularizers={"*.weight": {"name": "l2"}}, constraints={"0.weight": {"name": "max_norm"}})

x = np.linspace(-1.0, 1.0, 20).reshape(5, 4)
y = np.linspace(0.0, 1.0, 10).reshape(5, 2)
"""


def run(tmp_path: Path, script: str) -> None:
    """Run a script in a process of its own: what is claimed there is claimed nowhere else."""
    site = tmp_path / "site"
    site.mkdir()
    command = [sys.executable, "-W", "error", "-c", PREAMBLE + textwrap.dedent(script), str(site), str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr[-2000:]


def test_a_file_from_before_the_conflict_is_read_and_computes_the_same(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
        model = build()
        model.save(files / "model.safetensors")
        claim_everything()
        loaded = Model.load(files / "model.safetensors")
        np.testing.assert_array_equal(loaded.predict(x), model.predict(x))
        assert loaded.spec() == model.spec()
        """,
    )


def test_a_file_of_the_first_schema_is_read_in_spite_of_a_conflict(tmp_path: Path) -> None:
    run(
        tmp_path,
        f"""
        before = Model.load({str(FIXTURE)!r})
        claim_everything()
        after = Model.load({str(FIXTURE)!r})
        assert after.spec() == before.spec()
        assert all((after.parameters[path].value == each.value).all() for path, each in before.parameters.items())
        """,
    )


def test_a_model_from_before_the_conflict_can_be_used_copied_and_saved(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
        import copy, pickle
        model = build()
        claim_everything()
        model.fit(x, y, optimizer="nnframe:adam", metrics=["nnframe:mae"], progress=False)
        model.save(files / "model.safetensors")
        expected = model.predict(x)
        copies = [copy.deepcopy(model), pickle.loads(pickle.dumps(model)), Model.load(files / "model.safetensors")]
        for other in copies:
            np.testing.assert_array_equal(other.predict(x), expected)
        again = Model.from_spec(model.spec())
        assert again.spec() == model.spec()
        """,
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_goes_on_from_a_checkpoint_on_the_other_side_of_a_conflict(tmp_path: Path, when: str) -> None:
    run(
        tmp_path,
        f"""
        import shutil
        from nnframe.callbacks import Checkpoint
        from nnframe.metrics import MeanAbsoluteError
        from nnframe.optimizers import Adam

        def train(model, epochs, **options):
            common = dict(optimizer=Adam(), metrics=[MeanAbsoluteError()], progress=False)
            return model.fit(x, y, epochs=epochs, **common, **options)

        here, there, whole = build(), build(), build()
        path = str(files / "checkpoint.safetensors")
        claim_everything() if {when == "after"} else None
        train(here, 1, callbacks=[Checkpoint(path)])
        (shutil.rmtree(site), registry.refresh()) if {when == "after"} else claim_everything()
        resumed = train(there, 2, callbacks=[Checkpoint(path)], resume=path)
        expected = train(whole, 2)
        assert [dict(epoch) for epoch in resumed.epochs] == [dict(epoch) for epoch in expected.epochs]
        assert "mae" in resumed.epochs[-1]
        """,
    )


def test_a_part_of_a_distribution_that_is_gone_is_not_replaced_by_anothers(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
        import shutil
        (site / "owner_parts.py").write_text(SOURCE + '''
        @frozen
        class Wrong(Elementwise):
            def value(self, x): return 2 * x
            def derivative(self, x, y): return 2 + 0 * x
        '''.replace("        @", "@").replace("        class", "class").replace("            def", "    def"))
        claim("nnframe.activations", "twice", "owner")
        Model(["twice"], input_shape=(4,)).save(files / "model.safetensors")
        shutil.rmtree(site / "owner-1.0.dist-info")
        for rival in ("rival", "other"):
            claim("nnframe.activations", "twice", rival)
            try:
                Model.load(files / "model.safetensors")
            except NNFrameError as error:
                assert type(error).__name__ == "UnknownPartError", error
                assert "owner" in str(error) and "not installed" in str(error) and "install owner" in str(error), error
            else:
                raise AssertionError("it was loaded")
        """,
    )


def test_a_program_still_has_to_say_which_one_it_means(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
        claim("nnframe.activations", "relu")
        assert Model(["nnframe-relu:relu"], input_shape=(4,)).predict(x).min() == 0.0
        try:
            Model(["relu"], input_shape=(4,))
        except ConflictError as error:
            assert "'nnframe-relu:relu'" in str(error) and "'rival:relu'" in str(error)
        else:
            raise AssertionError("a contested name was taken from somebody")
        """,
    )


def test_a_file_that_says_a_part_is_of_two_distributions_is_refused() -> None:
    parts = [NamedPart("activation", "relu", owner, "1.0") for owner in ("one", "two")]
    with pytest.raises(FileFormatError, match="'relu' is said to be of two distributions"), resolve_as_named(parts):
        pass
