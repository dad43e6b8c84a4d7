"""An LSTM learns to add two numbers, digit by digit, and then adds numbers four times as long.

Run it with ``python docs/examples/addition.py``; the page beside it, ``addition.md``, explains what is seen.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nnframe import Model
from nnframe.interfaces import AnyLayer
from nnframe.layers import GRU, LSTM, Dense, SimpleRNN
from nnframe.optimizers import Adam
from nnframe.schedules import OneCycle
from nnframe.verification import GradientVerifier, VerificationReport

Digits: TypeAlias = NDArray[np.int64]
"""(numbers, places), the ones first."""

PLACES, PAIRS, EPOCHS, BATCH = 8, 4000, 20, 64


def digits(numbers: Sequence[int], places: int) -> Digits:
    """Write numbers down from right to left: ones, tens, hundreds.

    >>> digits([305], places=4)
    array([[5, 0, 3, 0]])
    """
    return np.array([[number // 10**place % 10 for place in range(places)] for number in numbers])


def draw(count: int, places: int, rng: Generator) -> tuple[Digits, Digits, Digits]:
    """Draw pairs of numbers; returns their digits and those of their sums, which have one place more.

    The sums are Python's own, of whole numbers of any length.
    """
    drawn = rng.integers(0, 10, (2, count, places))
    first, second = ([int("".join(map(str, row))) for row in rows] for rows in drawn.tolist())
    sums = [a + b for a, b in zip(first, second, strict=True)]
    return digits(first, places + 1), digits(second, places + 1), digits(sums, places + 1)


def encode(first: Digits, second: Digits) -> NDArray[np.float32]:
    """At each place a 1 for the digit of the first number, and a 1 for that of the second: (pairs, places, 20)."""
    one_hot = np.eye(10, dtype=np.float32)
    return np.concatenate([one_hot[first], one_hot[second]], axis=-1)


def make_model(layer: AnyLayer, seed: int) -> Model:
    """One recurrent layer, then ten logits at each place; numbers of any length."""
    loss = {"name": "cross_entropy", "from_logits": True}
    return Model([layer, Dense(10)], loss=loss, input_shape=(None, 20), dtype="float32", seed=seed)


def verify(model: Model, seed: int) -> VerificationReport:
    """Verify every gradient, through all places, on eight pairs."""
    first, second, sums = draw(8, PLACES, np.random.default_rng(seed))
    return GradientVerifier().verify(model, encode(first, second), sums)


def train(model: Model, seed: int) -> None:
    """Learn from a few thousand pairs of the 10^16 that there are."""
    first, second, sums = draw(PAIRS, PLACES, np.random.default_rng(seed))
    optimizer = Adam(OneCycle(0.02, length=EPOCHS * -(-PAIRS // BATCH)))
    model.fit(encode(first, second), sums, optimizer=optimizer, epochs=EPOCHS, batch_size=BATCH, progress=False)


def accuracy(model: Model, places: int, seed: int, count: int = 5000) -> tuple[float, float]:
    """Return which part of the digits, and which part of the whole sums, is right on fresh pairs."""
    first, second, sums = draw(count, places, np.random.default_rng([seed, places]))
    right = model.predict(encode(first, second)).argmax(-1) == sums
    return float(right.mean()), float(right.all(axis=1).mean())


def add(model: Model, a: int, b: int) -> int:
    """Let a trained model add two numbers."""
    places = max(len(str(a)), len(str(b))) + 1
    found = model.predict(encode(digits([a], places), digits([b], places))).argmax(-1)[0]
    return sum(int(digit) * 10**place for place, digit in enumerate(found))


def main() -> None:
    """Show the gradients, what is learned for five seeds, and other layers in the place of the LSTM."""
    print(verify(make_model(LSTM(32, return_sequences=True), seed=0), seed=0))
    for layer in (LSTM, GRU, SimpleRNN):
        for seed in range(5):
            model = make_model(layer(32, return_sequences=True), seed)
            started = time.perf_counter()
            train(model, seed)
            seconds = time.perf_counter() - started
            short, long = accuracy(model, PLACES, seed), accuracy(model, 32, seed)
            print(
                f"{layer.__name__:9} seed {seed}: sums of 8 digits {short[1]:.2%} ({short[0]:.3%} of the digits), "
                f"of 32 digits {long[1]:.2%} ({long[0]:.3%}), {seconds:.0f} s"
            )
            if layer is LSTM and seed == 0:
                print(f"  99999999 + 1 = {add(model, 99_999_999, 1)}")


if __name__ == "__main__":
    main()
