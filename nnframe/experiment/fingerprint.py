"""``python -m nnframe.experiment.fingerprint MODEL X.npy``: a hash of what a saved model predicts, bit for bit."""

from __future__ import annotations

import hashlib
import sys

import numpy as np

from nnframe.model import Model

__all__ = ["main"]


def main(model: str, inputs: str) -> None:
    """Print the SHA-256 of the predictions of a saved model at the array in a ``.npy`` file."""
    predictions = Model.load(model).predict(np.load(inputs, allow_pickle=False))
    print(hashlib.sha256(predictions.tobytes()).hexdigest())


if __name__ == "__main__":
    main(*sys.argv[1:])
