"""Processes that save a model in a loop until they are killed: ``python -m tests.campaigns.killed_saves KILLS SEED``.

Prints one line of JSON: how many were killed, how many of them in the middle of writing, and what was found wrong.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

from nnframe import Model
from nnframe.layers import Dense
from nnframe.persistence.leftovers import SUFFIX

PATH = Path("model.safetensors")


def save_for_ever(model: Model, first: int) -> None:
    for value in count(first):
        for parameter in model.parameters.values():
            parameter.value[...] = value
        model.save(PATH)


def value_in_file() -> int:
    """Load the file, and return the one number that it is full of."""
    values = {float(value) for each in Model.load(PATH).parameters.values() for value in each.value.flat}
    if len(values) != 1:
        raise AssertionError(f"old and new are mixed: {sorted(values)[:4]}")
    return int(values.pop())


def main(kills: int, seed: int) -> None:
    chance = random.Random(seed)
    model = Model([Dense(300)], input_shape=(200,))
    save_once(model)
    saved, in_the_middle, wrong = value_in_file(), 0, []
    for number in range(1, kills + 1):
        child = os.fork()
        if not child:
            save_for_ever(model, first=number * 1000)
        time.sleep(chance.uniform(0.0, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        left = [path for path in Path().iterdir() if path.name.endswith(SUFFIX)]
        in_the_middle += bool(left)
        for path in left:
            path.unlink()
        try:
            found = value_in_file()
        except Exception as error:
            wrong.append(f"kill {number}: {error!r}")
            continue
        if found != saved and not number * 1000 <= found < (number + 1) * 1000:
            wrong.append(f"kill {number}: the file has {found}, which is neither the old value {saved} nor a new one")
        saved = found
    print(json.dumps({"outcomes": {"killed": kills, "in the middle of writing": in_the_middle}, "wrong": wrong}))


def save_once(model: Model) -> None:
    for parameter in model.parameters.values():
        parameter.value[...] = 0
    model.save(PATH)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        main(*map(int, sys.argv[1:]))
