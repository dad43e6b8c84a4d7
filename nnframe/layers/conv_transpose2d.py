"""ConvTranspose2D: a convolution run backwards, which makes images larger."""

from __future__ import annotations

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.arrays.sums import sum_columns
from nnframe.arrays.windows import Pair, Windows
from nnframe.checks import whole_from_one
from nnframe.errors import ConfigurationError, ShapeError
from nnframe.initializers import GlorotUniform, Zeros
from nnframe.interfaces import Context, Initializer, Layer, Result
from nnframe.layers.convert import as_initializer
from nnframe.layers.convolution import Kernel
from nnframe.layers.correlation import correlate, spread, weight_gradient
from nnframe.layers.normalization import rows_of
from nnframe.layers.spatial import Padding, as_pad, as_pads, as_pair, image_shape, windows_for

__all__ = ["ConvTranspose2D"]


@frozen
class ConvTranspose2D(Layer[Kernel]):
    """y[n, p · stride + k · dilation - before] = b + Σ x[n, p] W[k]: the gradient of a convolution, as a layer.

    (batch, height, width, channels) -> (batch, out height, out width, filters), channel-last, where a Conv2D with the
    same options would turn the output's size into the input's. Source: Dumoulin and Visin 2016, chapter 4.

    Args:
        filters: How many output channels.
        kernel_size, stride, dilation: (height, width); one number for both.
        padding: "valid": out = (in - 1) · stride + window. "same": out = in · stride. Else what is cut off at the
            edges: a number, (height, width), or ((top, bottom), (left, right)).
        output_padding: With explicit padding, rows and columns more at the end, fewer than ``stride``.
        use_bias: Whether b is added.
        weight_initializer, bias_initializer: Where W, (kernel height, kernel width, channels, filters), and b begin.

    >>> import numpy as np
    >>> layer = ConvTranspose2D(1, kernel_size=2, stride=2)
    >>> y, pullback = layer.forward(Kernel(np.ones((2, 2, 1, 1)), None), np.ones((1, 1, 2, 1)), Context())
    >>> y[0, :, :, 0]
    array([[1., 1., 1., 1.],
           [1., 1., 1., 1.]])
    """

    filters: int = attrs.field(validator=whole_from_one)
    kernel_size: Pair = attrs.field(default=(3, 3), converter=as_pair)
    stride: Pair = attrs.field(default=(1, 1), converter=as_pair)
    padding: Padding = attrs.field(default="valid", converter=as_pads)
    dilation: Pair = attrs.field(default=(1, 1), converter=as_pair, kw_only=True)
    output_padding: Pair = attrs.field(default=(0, 0), converter=as_pad, kw_only=True)
    use_bias: bool = attrs.field(default=True, kw_only=True)
    weight_initializer: Initializer = attrs.field(default=GlorotUniform(), converter=as_initializer, kw_only=True)
    bias_initializer: Initializer = attrs.field(default=Zeros(), converter=as_initializer, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if any(more >= step for more, step in zip(self.output_padding, self.stride, strict=True)):
            raise ConfigurationError(
                f"output_padding must be less than stride {self.stride}, and is {self.output_padding}"
            )

    def initialize(self, x: Array, rng: Generator) -> Kernel:
        channels = image_shape("ConvTranspose2D", x)[3]
        weight = self.weight_initializer((*self.kernel_size, channels, self.filters), rng)
        return Kernel(weight, self.bias_initializer((self.filters,), rng) if self.use_bias else None)

    def forward(self, parameters: Kernel, x: Array, context: Context) -> Result[Kernel]:
        windows = self._windows(x)
        weight, bias = parameters.weight.swapaxes(2, 3), parameters.bias

        def pullback(dy: Array) -> tuple[Array, Kernel]:
            dx = correlate(dy, weight, windows) if context.input_gradient else dy
            dweight = weight_gradient(dy, x, windows).swapaxes(2, 3)
            return dx, Kernel(dweight, None if bias is None else sum_columns(rows_of(dy)))

        return spread(x, weight, windows, bias), pullback

    def _windows(self, x: Array) -> Windows:
        """The windows of the convolution that this one is the gradient of: they are on the output."""
        size = image_shape("ConvTranspose2D", x)[1:3]
        pads = ((0, 0), (0, 0)) if isinstance(self.padding, str) else self.padding
        out = [
            size[axis] * self.stride[axis]
            if self.padding == "same"
            else (size[axis] - 1) * self.stride[axis]
            + self.dilation[axis] * (self.kernel_size[axis] - 1)
            + 1
            - sum(pads[axis])
            + self.output_padding[axis]
            for axis in (0, 1)
        ]
        if min(out) < 1:
            raise ShapeError(
                f"ConvTranspose2D would make an output of {tuple(out)} (height, width): cut less padding off"
            )
        sizes = (out[0], out[1]), self.kernel_size, self.stride, self.dilation
        return windows_for("ConvTranspose2D", *sizes, self.padding)
