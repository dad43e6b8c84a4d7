"""Conv2D: one small kernel of weights at every place of an image."""

from __future__ import annotations

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.arrays.windows import Pair
from nnframe.checks import whole_from_one
from nnframe.initializers import GlorotUniform, Zeros
from nnframe.interfaces import Context, Initializer, Layer, Result
from nnframe.layers.convert import as_initializer
from nnframe.layers.convolution import Kernel, check_groups, convolve, initialize_weight
from nnframe.layers.spatial import Padding, as_pads, as_pair, image_shape, windows_for

__all__ = ["Conv2D"]


@frozen
class Conv2D(Layer[Kernel]):
    """y[n, p] = b + Σ x[n, p · stride + k · dilation - before] W[k], over the places k of the kernel.

    (batch, height, width, channels) -> (batch, out height, out width, filters): channel-last. As everywhere in this
    field the kernel is not turned, so this is a cross-correlation. Source: Dumoulin and Visin 2016, chapter 2.

    Args:
        filters: How many output channels.
        kernel_size, stride, dilation: (height, width); one number for both.
        padding: "valid" is none; "same" makes out = ⌈in / stride⌉, the odd zero at the end; else a number,
            (height, width), or ((top, bottom), (left, right)).
        groups: Filters see only the channels of their group. As many as channels: depthwise.
        use_bias: Whether b is added.
        weight_initializer, bias_initializer: Where W and b begin.

    >>> import numpy as np
    >>> layer = Conv2D(1, kernel_size=2)
    >>> y, pullback = layer.forward(Kernel(np.ones((2, 2, 1, 1)), np.zeros(1)), np.ones((1, 3, 3, 1)), Context())
    >>> y[0, :, :, 0]
    array([[4., 4.],
           [4., 4.]])
    """

    filters: int = attrs.field(validator=whole_from_one)
    kernel_size: Pair = attrs.field(default=(3, 3), converter=as_pair)
    stride: Pair = attrs.field(default=(1, 1), converter=as_pair)
    padding: Padding = attrs.field(default="valid", converter=as_pads)
    dilation: Pair = attrs.field(default=(1, 1), converter=as_pair, kw_only=True)
    groups: int = attrs.field(default=1, validator=whole_from_one, kw_only=True)
    use_bias: bool = attrs.field(default=True, kw_only=True)
    weight_initializer: Initializer = attrs.field(default=GlorotUniform(), converter=as_initializer, kw_only=True)
    bias_initializer: Initializer = attrs.field(default=Zeros(), converter=as_initializer, kw_only=True)

    def initialize(self, x: Array, rng: Generator) -> Kernel:
        channels = image_shape("Conv2D", x)[3]
        check_groups("Conv2D", self.groups, channels, self.filters)
        sizes = self.kernel_size, channels, self.filters, self.groups
        weight = initialize_weight(self.weight_initializer, *sizes, rng)
        return Kernel(weight, self.bias_initializer((self.filters,), rng) if self.use_bias else None)

    def forward(self, parameters: Kernel, x: Array, context: Context) -> Result[Kernel]:
        size = image_shape("Conv2D", x)[1:3]
        windows = windows_for("Conv2D", size, self.kernel_size, self.stride, self.dilation, self.padding)
        y, pull = convolve(x, parameters.weight, parameters.bias, windows, self.groups)

        def pullback(dy: Array) -> tuple[Array, Kernel]:
            dx, dweight, dbias = pull(dy, context.input_gradient)
            return dx, Kernel(dweight, dbias)

        return y, pullback

    def pushforward(self, parameters: Kernel, x: Array, d_parameters: Kernel, dx: Array, context: Context) -> Array:
        """Return ``x * dW + db + dx * W``: a convolution is linear in the kernel and in the input."""
        moved = self.forward(Kernel(parameters.weight, None), dx, context)[0]
        return self.forward(d_parameters, x, context)[0] + moved
