"""Whatever length a name has, a message stays short and comes at once."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from nnframe import Model, registry
from nnframe.errors import NNFrameError

LONG = 10**6
SHAPE = {"input_shape": [2]}
NAMES = {
    "letters": "r" * LONG,
    "a name and more": "relu" + "-" * LONG,
    "unprintable": "\x1b" * LONG,
    "wide": "\U0001f600" * LONG,
    "stars": "*?" * (LONG // 2),
    "dots": "a." * (LONG // 2),
    "colons": ":" * LONG,
    "commas": "f8," * (LONG // 3),
    "lines": "\n" * LONG,
}


def make_specs(name: str) -> dict[str, Mapping[str, object]]:
    """Return specs that are wrong in one place, which holds the name."""
    dense = {"name": "dense", "units": 1}
    return {
        "key": {"layers": ["tanh"], **SHAPE, name: 1},
        "layer": {"layers": [name], **SHAPE},
        "layer in a table": {"layers": [{"name": name}], **SHAPE},
        "nested layer": {"layers": {"name": "sequential", "layers": ["tanh", name]}, **SHAPE},
        "option": {"layers": [{**dense, name: 1}], **SHAPE},
        "value": {"layers": [{**dense, "units": name}], **SHAPE},
        "value of a choice": {"layers": [{"name": "conv2d", "filters": 1, "kernel_size": 3, "padding": name}], **SHAPE},
        "activation": {"layers": [{"name": "activation", "activation": name}], **SHAPE},
        "names": {"layers": {"name": "sequential", "layers": ["tanh"], "names": [name]}, **SHAPE},
        "names twice": {"layers": {"name": "sequential", "layers": ["tanh", "tanh"], "names": [name, name]}, **SHAPE},
        "loss": {"layers": ["tanh"], "loss": name, **SHAPE},
        "dtype": {"layers": ["tanh"], "dtype": name, **SHAPE},
        "input_dtype": {"layers": ["tanh"], "input_dtype": name, **SHAPE},
        "input_shape": {"layers": ["tanh"], "input_shape": [name]},
        "pattern": {"layers": [dense], "regularizers": {name: {"name": "l2"}}, **SHAPE},
        "regularizer": {"layers": [dense], "regularizers": {"*.weight": name}, **SHAPE},
        "trainable": {"layers": [dense], "trainable": {name: False}, **SHAPE},
    }


@pytest.mark.parametrize("place", make_specs(""))
@pytest.mark.parametrize("kind", NAMES)
def test_a_message_about_a_name_of_a_megabyte_is_short_and_comes_at_once(kind: str, place: str) -> None:
    spec = make_specs(NAMES[kind])[place]
    start = time.process_time()
    with pytest.raises(NNFrameError) as error:
        Model.from_spec(spec)
    message = str(error.value)
    seconds = time.process_time() - start
    assert len(message) < 1000
    assert "\n" not in message
    assert seconds < 1.0  # a tenth where nothing else runs; the search for similar names took ten


@pytest.mark.parametrize("kind", NAMES)
def test_every_question_to_the_registry_about_a_long_name_is_answered_shortly(kind: str) -> None:
    name = NAMES[kind]
    for ask in (registry.layers.get, registry.losses.resolve, registry.layers.unregister, registry.layers.find):
        with pytest.raises(NNFrameError) as error:
            ask(name)
        assert len(str(error.value)) < 1000
