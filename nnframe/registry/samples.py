"""The sample plugins of nnframe: distributions that an error may name although they are not installed."""

from __future__ import annotations

from attrs import frozen

__all__ = ["SAMPLES", "Sample", "sample_of"]


@frozen
class Sample:
    """A distribution that comes with nnframe's source and is installed on its own.

    Attributes:
        distribution: Its name.
        folder: Where it is in a checkout.
        group: The entry-point group that it registers in.
        names: What it registers there.
    """

    distribution: str
    folder: str
    group: str
    names: tuple[str, ...]

    @property
    def how_to_get(self) -> str:
        """How to install it, from a checkout and from an index."""
        return f"'pip install ./{self.folder}' in a checkout of nnframe, or 'pip install {self.distribution}'"


SAMPLES = (
    Sample("nnframe-sigmoid", "plugins/sigmoid", "nnframe.activations", ("sigmoid",)),
    Sample("nnframe-relu", "plugins/relu", "nnframe.activations", ("relu",)),
    Sample("nnframe-mse", "plugins/mse", "nnframe.losses", ("mse",)),
    Sample(
        "nnframe-cross-entropy",
        "plugins/cross-entropy",
        "nnframe.losses",
        ("cross_entropy", "binary_cross_entropy"),
    ),
)


def sample_of(group: str, name: str) -> Sample | None:
    """Return the sample plugin that has a name, if any.

    >>> sample_of("nnframe.activations", "relu").distribution
    'nnframe-relu'
    """
    return next((sample for sample in SAMPLES if sample.group == group and name in sample.names), None)
