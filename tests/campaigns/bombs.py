"""Files that promise much: of every registered layer and activation one model, with numbers of its spec made huge.

``python -m tests.campaigns.bombs count seed`` loads them in this process, and prints a line of JSON: how many, what
became of them, and those that took more than ``SECONDS`` or ``BYTES``.
"""

from __future__ import annotations

import json
import signal
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from nnframe import Model, registry
from nnframe.composition.spec import spec_of_network
from nnframe.errors import NNFrameError
from nnframe.interfaces import AnyLayer
from nnframe.layers import Conv1D, Conv2D
from nnframe.layers.convert import as_layer
from nnframe.persistence.archive import Archive, write_archive
from nnframe.persistence.document import Document, write_document
from nnframe.persistence.parts import parts_of
from nnframe.testing.examples.cases import cases_of, fits
from nnframe.testing.examples.parts import parts_of as examples_of

__all__ = ["SECONDS", "explode", "models"]

SECONDS, BYTES = 1.0, 8 * 2**20
HUGE = (10**5, 10**7, 10**9, 10**12, 2**31, 2**63, 10**30)
GROUPED = [(Conv2D(4, groups=4), (6, 5, 4)), (Conv2D(8, groups=2), (6, 5, 4)), (Conv1D(4, groups=4), (6, 4))]


def models() -> Iterator[Model]:
    """Models of one layer, of every registered kind, and of grouped convolutions."""
    for name in [*registry.layers.names(), *registry.activations.names()]:
        kind = registry.layers if name in registry.layers else registry.activations
        for part in examples_of(kind.get(name)):
            if fits(part):
                yield model_of(as_layer(part), cases_of(part)[0].x)  # type: ignore[arg-type]
                break
    for layer, shape in GROUPED:
        yield Model([layer], input_shape=shape)


def model_of(layer: AnyLayer, x: object) -> Model:
    arrays = [np.asarray(each) for each in (x if isinstance(x, tuple) else (x,))]
    shapes, dtypes = [each.shape[1:] for each in arrays], [str(each.dtype) for each in arrays]
    single = not isinstance(x, tuple)
    return Model([layer], input_shape=shapes[0] if single else shapes, input_dtype=dtypes[0] if single else dtypes)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Where the whole numbers of a spec stand: what holds them, and the key."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        if type(value[key]) is int:
            yield value, key
        elif isinstance(value[key], dict | list):
            yield from places(value[key])


def explode(model: Model, chance: Random, path: Path) -> str:
    """Write the model with one to three numbers of its spec made huge; returns what it is."""
    spec = json.loads(json.dumps(spec_of_network(model, defaults=True)))
    there = list(places({key: spec[key] for key in ("layers", "input_shape")}))
    for container, key in chance.sample(there, min(len(there), chance.choice([1, 1, 2, 3]))):
        container[key] = chance.choice(HUGE)
    values = {name: each.value for name, each in model.parameters.items()}
    write_archive(path, Archive(write_document(Document(spec, parts_of(model))), values))
    return json.dumps({key: spec[key] for key in ("layers", "input_shape")})


def main(count: int, seed: int) -> None:
    chance, outcomes, wrong = Random(seed), Counter[str](), []
    built = list(models())
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bomb.safetensors"
        for number in range(-len(built), count):
            model = built[number % len(built)]
            if number < 0:  # first a load of each that promises nothing: what is imported and cached is not counted
                model.save(path)
                Model.load(path)
                continue
            what = explode(model, chance, path)
            outcome, seconds, peak = load(path)
            outcomes[outcome] += 1
            if seconds > SECONDS or peak > BYTES:
                wrong.append(f"{what}: {outcome} after {seconds:.1f} s and {peak / 2**20:.0f} MiB")
    print(json.dumps({"files": count, "outcomes": outcomes, "wrong": wrong}))


def load(path: Path) -> tuple[str, float, int]:
    """Load a file; returns what became of it, seconds, and the most bytes that were allocated."""
    tracemalloc.start()
    started = time.perf_counter()
    signal.alarm(10)
    try:
        Model.load(path)
        outcome = "loaded"
    except NNFrameError as error:
        outcome = type(error).__name__ if "MemoryError" not in str(error) else "MemoryError"
    except KeyboardInterrupt:
        outcome = "not ended"
    finally:
        signal.alarm(0)
        seconds = time.perf_counter() - started
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return outcome, seconds, peak


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
