"""One kernel sliding over one gray picture: what a convolutional layer does, number by number.

As in PyTorch and every CNN library "convolution" is the cross-correlation: the kernel is not
turned around (Goodfellow, Bengio & Courville 2016, 9.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

Pool = Literal["none", "max", "mean"]
Array = NDArray[np.float64]
POOLED = 2
"""Side of the blocks of which pooling keeps one number."""


def _edges(side: int) -> Array:
    """A step from dark to bright, smoothed along it: Sobel's kernel for side 3."""
    smooth = np.array([1.0])
    for _ in range(side - 1):
        smooth = np.convolve(smooth, [1.0, 1.0])
    slope = np.array([-1.0, 0.0, 1.0])
    for _ in range(side - 3):
        slope = np.convolve(slope, [1.0, 1.0])
    kernel = np.outer(smooth, slope)
    return np.asarray(kernel / kernel[kernel > 0].sum())


def _outline(side: int) -> Array:
    """A point against the mean of what is around it (a Laplacian)."""
    kernel = np.full((side, side), -1.0)
    kernel[side // 2, side // 2] = side * side - 1.0
    return kernel / (side * side - 1)


def _blur(side: int) -> Array:
    return np.full((side, side), 1.0 / (side * side))


KERNELS: Mapping[str, Callable[[int], Array]] = {
    "upright": _edges,
    "level": lambda side: _edges(side).T.copy(),
    "outline": _outline,
    "blur": _blur,
}
"""Kernels by name; each makes the weights (k, k) for an odd side k of at least 3."""


@dataclass(frozen=True, eq=False)
class Slid:
    """A kernel's answer to a picture.

    Attributes
    ----------
    picture : ndarray of shape (h, w)
        Without its padding.
    kernel : ndarray of shape (k, k)
    stride, padding : int
    sums : ndarray of shape (h', w')
        The sum at each place: ``h' = (h + 2 padding - k) // stride + 1``, and w' alike.
    activated : ndarray of shape (h', w')
        The sums, after ReLU where it is on.
    answer : ndarray of shape (h'', w'')
        That, pooled where it is: one number of each whole block of 2 x 2.
    """

    picture: Array
    kernel: Array
    stride: int
    padding: int
    sums: Array
    activated: Array
    answer: Array
    pool: Pool

    @property
    def padded(self) -> Array:
        """The picture with its border of zeros, of shape (h + 2 padding, w + 2 padding)."""
        return np.pad(self.picture, self.padding)

    @property
    def zeroed(self) -> float:
        """The share of the sums that ReLU sets to 0, or would."""
        return float((self.sums <= 0).mean())

    def places(self, row: int, column: int) -> list[tuple[int, int]]:
        """The sums that the answer's value at (row, column) is made of: one, or a block's four."""
        if self.pool == "none":
            return [(row, column)]
        steps = range(POOLED)
        return [(POOLED * row + down, POOLED * column + right) for down in steps for right in steps]

    def chosen(self, row: int, column: int) -> tuple[int, int]:
        """The one of :meth:`places` with the largest value."""
        return max(self.places(row, column), key=lambda place: float(self.activated[place]))

    def inputs(self, place: tuple[int, int]) -> Array:
        """What lies under the kernel at a sum's place, zeros of the padding too: (k, k)."""
        top, left, side = self.window(place)
        top, left = top + self.padding, left + self.padding
        return self.padded[top : top + side, left : left + side]

    def window(self, place: tuple[int, int]) -> tuple[int, int, int]:
        """Its first row and column in the picture (below 0 in the padding), and its side."""
        row, column = place
        side = len(self.kernel)
        return row * self.stride - self.padding, column * self.stride - self.padding, side


def slide(
    picture: NDArray[Any],
    kernel: NDArray[Any],
    stride: int = 1,
    padding: int = 0,
    *,
    relu: bool = False,
    pool: Pool = "none",
) -> Slid:
    """Slide ``kernel`` over ``picture`` and sum the products at each place.

    Parameters
    ----------
    picture : array of shape (h, w)
    kernel : array of shape (k, k)
    stride : int
        Pixels from one place to the next, 1 or more.
    padding : int
        Zeros put around the picture, 0 or more.
    relu : bool
        Set negative sums to 0.
    pool : "none", "max" or "mean"
        Keep the largest, or the mean, of each block of 2 x 2; a last odd row or column is dropped.

    Raises
    ------
    InvalidParameterError
        Where the kernel is larger than the padded picture, or nothing is left to pool.
    """
    given, weights = np.asarray(picture, np.float64), np.asarray(kernel, np.float64)
    if stride < 1 or padding < 0:
        raise InvalidParameterError(
            f"stride={stride!r}, padding={padding!r}: a stride of 1 or more, a padding of 0 or more."
        )
    side = len(weights)
    padded = np.pad(given, padding)
    if side > min(padded.shape):
        raise InvalidParameterError(
            f"A kernel of {side} × {side} does not fit into {padded.shape[0]} × {padded.shape[1]} "
            "pixels: take a smaller kernel or more padding."
        )
    windows = np.lib.stride_tricks.sliding_window_view(padded, weights.shape)[::stride, ::stride]
    sums = np.einsum("ijuv,uv->ij", windows, weights)
    activated = np.maximum(sums, 0) if relu else sums
    answer = _pooled(activated, pool)
    return Slid(given, weights, stride, padding, sums, activated, answer, pool)


def _pooled(values: Array, pool: Pool) -> Array:
    if pool == "none":
        return values
    rows, columns = (size // POOLED for size in values.shape)
    if not rows or not columns:
        raise InvalidParameterError(
            f"{values.shape[0]} × {values.shape[1]} values leave no block of {POOLED} × {POOLED} to "
            "pool: take a smaller stride or no pooling."
        )
    blocks = values[: rows * POOLED, : columns * POOLED].reshape(rows, POOLED, columns, POOLED)
    return np.asarray(blocks.max((1, 3)) if pool == "max" else blocks.mean((1, 3)))


def gray(picture: Any, side: int) -> Array:
    """A PIL picture's middle square in gray, shrunk: shape (side, side), 0 black to 1 white."""
    from PIL import Image, ImageOps

    small = ImageOps.fit(picture.convert("L"), (side, side), Image.Resampling.BOX)
    return np.asarray(small, np.float64) / 255
