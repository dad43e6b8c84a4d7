"""Every model that can be built can be saved, loaded, copied and pickled: roots of all kinds, layers at all widths."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnframe import Model, registry
from nnframe.interfaces import AnyLayer
from nnframe.layers import Bidirectional, Concatenate, Dense, Residual, Sequential, Shared, SimpleRNN, TimeDistributed
from tests.campaigns.bombs import BYTES, SECONDS

ROOTS: dict[str, tuple[AnyLayer, tuple[int, ...]]] = {
    "sequential": (Sequential([Dense(4), "tanh"]), (4,)),
    "named sequential": (Sequential([Dense(4), "tanh"], names=["a", "b"]), (4,)),
    "residual": (Residual([Dense(4)]), (4,)),
    "named residual": (Residual([Dense(4), Dense(4)], names=["in_", "out"]), (4,)),
    "concatenate": (Concatenate([Dense(2), Sequential([Dense(3)], names=["x"])]), (4,)),
    "named concatenate": (Concatenate([Dense(2), Dense(3)], names=["left", "right"]), (4,)),
    "shared": (Shared("encoder", Dense(4)), (4,)),
    "bidirectional": (Bidirectional(SimpleRNN(3)), (5, 2)),
    "time distributed": (TimeDistributed(Dense(3)), (5, 2)),
}


@pytest.mark.parametrize("name", ROOTS)
def test_a_combinator_as_root_is_saved_loaded_copied_and_pickled(name: str, tmp_path: Path) -> None:
    root, shape = ROOTS[name]
    model = Model(root, input_shape=shape)
    x = np.random.default_rng(0).normal(size=(3, *shape))
    model.save(tmp_path / "model.safetensors")
    others = [
        Model.load(tmp_path / "model.safetensors"),
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(model)),
    ]
    for other in others:
        assert other.layer == model.layer
        assert list(other.parameters) == list(model.parameters)
        assert other.predict(x).tobytes() == model.predict(x).tobytes()
    assert list(Model.from_spec(model.spec()).parameters) == list(model.parameters)


WIDTHS = """
import json, sys, tempfile
from pathlib import Path
import numpy as np
from nnframe import Model, registry
from nnframe.callbacks import Checkpoint
from nnframe.errors import NNFrameError

NEEDED = {
    "activation": {"activation": "tanh"}, "bidirectional": {"layer": {"name": "gru", "units": 2}},
    "conv1d": {"filters": 2}, "conv2d": {"filters": 2}, "conv_transpose2d": {"filters": 2}, "dense": {"units": 3},
    "embedding": {"vocabulary": 7, "units": 3}, "gaussian_noise": {"deviation": 0.1}, "group_norm": {"groups": 1},
    "gru": {"units": 2}, "lstm": {"units": 2}, "simple_rnn": {"units": 2}, "multi_head_attention": {"heads": 1},
    "permute": {"axes": [2, 1]}, "reshape": {"shape": [-1]}, "shared": {"name_": "a", "layer": "prelu"},
    "time_distributed": {"layer": {"name": "dense", "units": 2}}, "dropout": {"rate": 0.5},
    **{name: {"layers": ["prelu", "tanh"]} for name in ("add", "concatenate", "multiply", "residual", "sequential")},
}
names, saved = sys.argv[1].split(","), []
for name in names:
    for width, dtype in ((1, "float64"), (127, "float32"), (128, "float64"), (513, "float32")):
        for shape in ((width,), (6, width), (4, 4, width)):
            spec = {"name": name, **NEEDED.get(name, {})}
            whole = "int64" if name == "embedding" else None
            try:
                model = Model([spec], input_shape=shape, input_dtype=whole, dtype=dtype, loss="mse")
            except NNFrameError:
                continue  # it takes no such input
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.safetensors"
                model.save(path)
                x = np.random.default_rng(0).uniform(0, 6, size=(2, *shape)).astype(whole)
                y = model.predict(x)
                assert Model.load(path).predict(x).tobytes() == y.tobytes(), (name, shape, dtype)
                model.fit(x, y, callbacks=[Checkpoint(path)], progress=False)
                Model.load(path)
            saved.append(name)
print(json.dumps(sorted(set(saved))))
"""


def test_every_layer_is_saved_at_every_width() -> None:
    """In processes of their own: saving 128 features once ended the interpreter."""
    names = list(registry.layers.names())
    found: set[str] = set()
    for part in (names[::2], names[1::2]):
        command = [sys.executable, "-c", WIDTHS, ",".join(part)]
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
        assert result.returncode == 0, result.stderr[-2000:]
        found |= set(json.loads(result.stdout))
    assert set(names) - found <= {"parallel"}, "which takes a tuple of inputs"


def test_numbers_made_huge_are_refused_or_cost_nothing() -> None:
    """``python -m tests.campaigns bombs`` tries thousands."""
    command = [sys.executable, "-m", "tests.campaigns.bombs", "120", "3"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    assert result.returncode == 0, result.stderr[-2000:]
    said = json.loads(result.stdout)
    assert said["wrong"] == [], f"more than {SECONDS} s or {BYTES} bytes"
    assert set(said["outcomes"]) == {"loaded", "FileFormatError"}
