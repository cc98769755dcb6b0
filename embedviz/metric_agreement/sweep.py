"""What the metrics say while one of two vectors grows, or turns."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.metric_agreement.pair import arrow
from embedviz.metrics import COSINE, DOT, EUCLIDEAN

Curves = dict[str, NDArray[np.float64]]


def stretched(a: ArrayLike, degrees: float, lengths: ArrayLike) -> Curves:
    """Each metric of ``a`` (2,) with the arrows of these m lengths in one direction.

    Returns arrays of shape (m,) by the metric's name.
    """
    ahead = arrow(1.0, degrees)
    return _of(a, np.outer(np.asarray(lengths, dtype=np.float64), ahead))


def turned(a: ArrayLike, length: float, degrees: ArrayLike) -> Curves:
    """Each metric of ``a`` (2,) with the arrows of one length in these m directions.

    Returns arrays of shape (m,) by the metric's name.
    """
    turns = np.atleast_1d(np.asarray(degrees, dtype=np.float64))
    return _of(a, np.stack([arrow(length, float(turn)) for turn in turns]))


def _of(a: ArrayLike, many: NDArray[np.float64]) -> Curves:
    query = np.asarray(a, dtype=np.float64)
    return {metric.name: metric.between(query, many) for metric in (EUCLIDEAN, COSINE, DOT)}
