"""The transformer copies and reverses: verified, then right on sequences that it never saw, written by itself."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np

Example = Callable[[str], ModuleType]


def test_every_gradient_is_right_before_training(example: Example) -> None:
    transformer = example("copy_and_reverse")
    report = transformer.verify(transformer.make_model(0), seed=0)
    assert report.passed
    assert len(report.findings) == 54


def test_the_examples_are_copies_and_reversals(example: Example) -> None:
    transformer = example("copy_and_reverse")
    tokens, answer = transformer.draw(200, np.random.default_rng(0))
    assert {10, 11} == set(tokens[:, 8])
    for row, wanted in zip(tokens.tolist(), answer.tolist(), strict=True):
        symbols = row[:8]
        assert wanted == (symbols if row[8] == 10 else symbols[::-1])
        assert row[9:] == wanted[:-1]


def test_what_is_written_depends_on_no_answer_that_was_shown(example: Example) -> None:
    transformer = example("copy_and_reverse")
    model = transformer.make_model(0)
    tokens, _ = transformer.draw(20, np.random.default_rng(0))
    hidden = tokens.copy()
    hidden[:, 9:] = 7
    np.testing.assert_array_equal(transformer.write(model, tokens), transformer.write(model, hidden))


def test_it_copies_and_reverses_sequences_that_it_never_saw(example: Example) -> None:
    transformer = example("copy_and_reverse")
    model = transformer.make_model(0)
    transformer.train(model, seed=0)
    found = transformer.accuracy(model, seed=0)
    assert found["copy"] > 0.995
    assert found["reverse"] > 0.995
