"""A small convolutional network reads handwritten digits: verified, trained, tested on other seeds.

Run it with ``python docs/examples/digits_cnn.py``; the page beside it, ``digits_cnn.md``, explains what is seen.
"""

from __future__ import annotations

import time
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from nnframe import Model
from nnframe.interfaces import AnyLayer
from nnframe.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from nnframe.optimizers import AdamW
from nnframe.schedules import OneCycle
from nnframe.verification import GradientVerifier, VerificationReport

Images: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.int64]

EPOCHS, BATCH = 30, 32


def load(seed: int) -> tuple[Images, Images, Labels, Labels]:
    """Return images to learn from, images to test on, and the labels of both: a fifth is held out, digit by digit."""
    x, y = load_digits(return_X_y=True)
    images = (x / 16.0).reshape(-1, 8, 8, 1)
    return tuple(train_test_split(images, y, test_size=0.2, stratify=y, random_state=seed))


def stage(filters: int) -> list[AnyLayer | str]:
    """Convolution, normalisation, ReLU. BatchNorm has a shift, so the convolution needs no bias."""
    return [Conv2D(filters, 3, padding="same", use_bias=False), BatchNorm(), "relu"]


def make_model(seed: int) -> Model:
    """8 x 8 x 1 -> two stages at full size -> 4 x 4 x 16 -> a wider stage -> 2 x 2 x 32 -> ten logits."""
    layers = [*stage(16), *stage(16), MaxPool2D(2), *stage(32), MaxPool2D(2), Flatten(), Dropout(0.3), Dense(10)]
    loss = {"name": "cross_entropy", "from_logits": True, "label_smoothing": 0.1}
    return Model(layers, loss=loss, input_shape=(8, 8, 1), seed=seed)


def verify(model: Model, x: Images, y: Labels) -> VerificationReport:
    """Verify every gradient on eight images."""
    return GradientVerifier().verify(model, x[:8], y[:8])


def train(model: Model, x: Images, y: Labels) -> None:
    """AdamW, with a rate that rises and then falls to nearly nothing."""
    steps = EPOCHS * -(-len(x) // BATCH)
    optimizer = AdamW(OneCycle(0.005, length=steps), decay=0.05)
    model.fit(x, y, optimizer=optimizer, epochs=EPOCHS, batch_size=BATCH, progress=False)


def accuracy(model: Model, x: Images, y: Labels) -> float:
    """Return which part of the images is read rightly."""
    return model.evaluate(x, y, metrics=["accuracy"])["accuracy"]


def run(seed: int) -> float:
    """Split and train, both with this seed, verified before; returns the accuracy on the images held out."""
    x, x_test, y, y_test = load(seed)
    model = make_model(seed)
    verify(model, x, y).raise_if_failed()
    train(model, x, y)
    return accuracy(model, x_test, y_test)


def main() -> None:
    """Show the network and its gradients, then the accuracy for ten seeds."""
    x, _, y, _ = load(0)
    model = make_model(0)
    print(model.summary())
    print(verify(model, x, y))
    found = []
    for seed in range(10):
        started = time.perf_counter()
        found.append(run(seed))
        print(f"seed {seed}: {found[-1]:.2%} of the held-out images, {time.perf_counter() - started:.0f} s")
    print(f"mean {np.mean(found):.2%}, worst {min(found):.2%}, best {max(found):.2%}")


if __name__ == "__main__":
    main()
