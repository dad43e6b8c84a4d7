"""Draws: random numbers to verify with, each from the seed and from what it is for."""

from __future__ import annotations

import hashlib

import numpy as np
from attrs import evolve, frozen
from numpy.random import Generator, SeedSequence

from nnframe.arrays import Array, Shape

__all__ = ["Draws", "random_signs", "random_sizes"]


@frozen
class Draws:
    """Makes a generator for each purpose, so that no draw depends on what was drawn before it.

    The order in which layers are verified, which of them are skipped, and what was drawn for another purpose change
    nothing.

    Args:
        seed: Of the verification.
        place: The path of the function under test in its model; "" for a function by itself.
        run: Which run of it.

    >>> draws = Draws(0)
    >>> float(draws.generator("weight", "search").random()) == float(draws.generator("weight", "search").random())
    True
    >>> float(draws.generator("weight", "search").random()) == float(draws.generator("bias", "search").random())
    False
    """

    seed: int
    place: str = ""
    run: int = 0

    def at(self, place: str, run: int = 0) -> Draws:
        """The draws for another function under test of the same verification."""
        return evolve(self, place=place, run=run)

    def within(self, purpose: str) -> Draws:
        """The draws for one step of the work, apart from those of the others."""
        return evolve(self, place=f"{self.place}\0{purpose}")

    def generator(self, path: str, purpose: str) -> Generator:
        """A generator for one variable and one purpose."""
        key = "\0".join((self.place, path, str(self.run), purpose))
        words = np.frombuffer(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest(), dtype="<u4")
        return np.random.default_rng(SeedSequence(self.seed, spawn_key=tuple(words.tolist())))


def random_signs(size: int, rng: Generator) -> Array:
    """+1 or -1 for each element, drawn as bytes and kept short."""
    return (2 * rng.integers(0, 2, size, dtype=np.int8) - 1).astype(np.float32)


def random_sizes(smallest: float, largest: float, shape: int | Shape, rng: Generator) -> Array:
    """Numbers of either sign, and of sizes between two, uniformly: no two are alike, and none drowns the others.

    >>> random_sizes(0.5, 1.0, 3, np.random.default_rng(0)).round(2)
    array([ 0.64, -0.73, -0.96])
    """
    drawn = rng.uniform(smallest - largest, largest - smallest, shape)
    return np.asarray(np.copysign(smallest + np.abs(drawn), drawn))
