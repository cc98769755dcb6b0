"""What the stacks learn from: scikit-learn's 1,797 handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from embedviz.images.sample_photos import packaged

_HELD_OUT = 397


@dataclass(frozen=True, eq=False)
class Digits:
    """Digits of 8 × 8 pixels, in a fixed random order.

    Attributes
    ----------
    pixels, held_out_pixels : ndarray (n, 64), float64
        Brought to mean 0 and standard deviation 1 over all pixels of the 1,400 to learn from.
    labels, held_out_labels : ndarray (n,), int64
        0 to 9.
    """

    pixels: NDArray[np.float64]
    labels: NDArray[np.int64]
    held_out_pixels: NDArray[np.float64]
    held_out_labels: NDArray[np.int64]


@cache
def digits() -> Digits:
    """1,400 digits to learn from and 397 held out (Alpaydin & Kaynak 1998).

    Read from scikit-learn's file without importing the package, which takes seconds. Raises
    MissingDependencyError if it is not installed.
    """
    table = np.loadtxt(packaged("sklearn/datasets/data/digits.csv.gz"), delimiter=",")
    pixels, labels = table[:, :-1], table[:, -1]
    order = np.random.default_rng(0).permutation(len(labels))
    learned, held_out = order[:-_HELD_OUT], order[-_HELD_OUT:]
    mean, spread = pixels[learned].mean(), pixels[learned].std()
    scaled = (pixels - mean) / spread
    known = labels.astype(np.int64)
    return Digits(scaled[learned], known[learned], scaled[held_out], known[held_out])
