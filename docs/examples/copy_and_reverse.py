"""A two-layer causal transformer learns to copy and to reverse sequences, and writes them token by token.

Run it with ``python docs/examples/copy_and_reverse.py``; the page beside it, ``copy_and_reverse.md``, explains it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from attrs import frozen
from numpy.random import Generator
from numpy.typing import NDArray

from nnframe import Model
from nnframe.arrays import Array
from nnframe.interfaces import AnyLayer, Composite, Context, Function
from nnframe.layers import Dense, Embedding, LayerNorm, MultiHeadAttention, PositionalEncoding, Residual, Sequential
from nnframe.optimizers import Adam
from nnframe.schedules import OneCycle
from nnframe.verification import GradientVerifier, VerificationReport

Tokens: TypeAlias = NDArray[np.int64]

LENGTH, SYMBOLS = 8, 10
COPY, REVERSE = 10, 11  # Two tokens more: what is to be done with the symbols before them.
EXAMPLES, EPOCHS, BATCH = 4096, 10, 64


@frozen
class Block(Composite):
    """A transformer block: x + attention(norm(x)), then x + dense(gelu(dense(norm(x)))). No gradient to write."""

    features: int
    heads: int

    def body(self) -> AnyLayer:
        look = Residual([LayerNorm(), MultiHeadAttention(self.heads, causal=True)])
        think = Residual([LayerNorm(), Dense(4 * self.features), "gelu", Dense(self.features)])
        return Sequential([look, think])


@frozen
class LastSteps(Function):
    """y = x[:, -count:]: (batch, length, features) -> (batch, count, features). Only the answer is learned."""

    count: int

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        def pullback(dy: Array) -> Array:
            dx = np.zeros_like(x)
            dx[:, -self.count :] = dy
            return dx

        return x[:, -self.count :], pullback


def make_model(seed: int, features: int = 32, heads: int = 4) -> Model:
    """From 2 · LENGTH tokens to ten logits at each of the last LENGTH."""
    layers: list[AnyLayer] = [
        Embedding(SYMBOLS + 2, features),
        PositionalEncoding(),
        Block(features, heads),
        Block(features, heads),
        LayerNorm(),
        LastSteps(LENGTH),
        Dense(SYMBOLS),
    ]
    loss = {"name": "cross_entropy", "from_logits": True}
    return Model(layers, loss=loss, input_shape=(2 * LENGTH,), input_dtype="int64", dtype="float32", seed=seed)


def draw(count: int, rng: Generator) -> tuple[Tokens, Tokens]:
    """Draw sequences and tasks; returns what the model reads, and what it should write.

    It reads the symbols, the task, and what was written so far: the answer without its last token.
    """
    symbols = rng.integers(0, SYMBOLS, (count, LENGTH))
    reverse = rng.integers(0, 2, (count, 1)) == 1
    answer = np.where(reverse, symbols[:, ::-1], symbols)
    return np.concatenate([symbols, np.where(reverse, REVERSE, COPY), answer[:, :-1]], axis=1), answer


def unseen(count: int, seed: int) -> tuple[Tokens, Tokens]:
    """Draw examples of which none was among those to learn from."""
    learned = {row.tobytes() for row in draw(EXAMPLES, np.random.default_rng(seed))[0]}
    tokens, answer = draw(count, np.random.default_rng([seed, 1]))
    new = [row.tobytes() not in learned for row in tokens]
    return tokens[new], answer[new]


def verify(model: Model, seed: int) -> VerificationReport:
    """Verify every gradient on eight sequences: attention, normalisation, embedding, and the layer written above."""
    return GradientVerifier().verify(model, *draw(8, np.random.default_rng(seed)))


def train(model: Model, seed: int) -> None:
    """Learn from a few thousand of the 2 · 10^8 examples that there are."""
    tokens, answer = draw(EXAMPLES, np.random.default_rng(seed))
    optimizer = Adam(OneCycle(0.005, length=EPOCHS * -(-EXAMPLES // BATCH)))
    model.fit(tokens, answer, optimizer=optimizer, epochs=EPOCHS, batch_size=BATCH, progress=False)


def write(model: Model, tokens: Tokens) -> Tokens:
    """Let the model write: each token from the symbols, the task, and its own tokens before. It is shown no answer."""
    page = tokens.copy()
    page[:, LENGTH + 1 :] = 0
    for place in range(LENGTH):
        found = model.predict(page)[:, place].argmax(-1)
        if place == LENGTH - 1:
            return np.concatenate([page[:, LENGTH + 1 :], found[:, None]], axis=1)
        page[:, LENGTH + 1 + place] = found
    raise AssertionError("LENGTH is at least 1")


def accuracy(model: Model, seed: int, count: int = 2000) -> dict[str, float]:
    """Return, for each task, which part of unseen sequences is written without any mistake."""
    tokens, answer = unseen(count, seed)
    right = (write(model, tokens) == answer).all(axis=1)
    task = tokens[:, LENGTH]
    return {"copy": float(right[task == COPY].mean()), "reverse": float(right[task == REVERSE].mean())}


def main() -> None:
    """Show the gradients, then what is learned for five seeds."""
    print(verify(make_model(0), seed=0))
    for seed in range(5):
        model = make_model(seed)
        started = time.perf_counter()
        train(model, seed)
        seconds = time.perf_counter() - started
        found = accuracy(model, seed)
        print(f"seed {seed}: copied {found['copy']:.2%}, reversed {found['reverse']:.2%}, {seconds:.0f} s")


if __name__ == "__main__":
    main()
