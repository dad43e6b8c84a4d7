"""The convolutional network on the digits: verified, then more than 98.5 % right on images held out."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from nnframe.verification import Verdict

Example = Callable[[str], ModuleType]


def test_every_gradient_is_right_before_training(example: Example) -> None:
    cnn = example("digits_cnn")
    x, _, y, _ = cnn.load(0)
    report = cnn.verify(cnn.make_model(0), x, y)
    assert report.passed
    assert {each.path for each in report.findings if each.verdict is Verdict.KINK} == {"6.input", "10.input"}


def test_a_fifth_of_each_digit_is_held_out_and_none_of_it_is_learned_from(example: Example) -> None:
    x, x_test, y, y_test = example("digits_cnn").load(3)
    assert (len(x), len(x_test)) == (1437, 360)
    assert all(abs((y_test == digit).sum() - (y == digit).sum() / 4) < 1.5 for digit in range(10))
    learned = {image.tobytes() for image in x}
    assert not any(image.tobytes() in learned for image in x_test)


@pytest.mark.parametrize("seed", [0, 3])
def test_more_than_985_of_1000_held_out_images_are_read_rightly(example: Example, seed: int) -> None:
    assert example("digits_cnn").run(seed) > 0.985
