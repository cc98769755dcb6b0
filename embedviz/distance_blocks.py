"""Distances from some points to all, block by block, so that n × n numbers are never in memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
# From rows [start, stop) to all points: what ranks them, smaller is nearer.
DistanceBlocks = Callable[[int, int], Matrix]

DISTANCE_METRICS = ("euclidean", "cosine", "correlation", "dot")


def by_products(vectors: NDArray[np.float32], metric: str) -> DistanceBlocks:
    """Blocks of the full space's distances, up to a monotone function that ranks alike."""
    rows = vectors.astype(np.float64)
    if metric == "correlation":
        rows -= rows.mean(axis=1, keepdims=True)
    if metric in ("cosine", "correlation"):
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        # As in METRICS: a vector of length 0 has cosine 0 with every other.
        np.divide(rows, lengths, out=rows, where=lengths > 0)
    if metric != "euclidean":
        return lambda start, stop: -(rows[start:stop] @ rows.T)
    # Around the mean the squares are smallest, and with them the rounding.
    rows -= rows.mean(axis=0)
    squares = np.einsum("ij,ij->i", rows, rows)
    # |x|² is the same along a row and left out: only the order within a row matters.
    return lambda start, stop: squares - 2 * (rows[start:stop] @ rows.T)


def by_differences(coordinates: NDArray[np.float32]) -> DistanceBlocks:
    """Blocks of squared distances on the map, exact where points coincide."""
    columns = coordinates.T.astype(np.float64)

    def block(start: int, stop: int) -> Matrix:
        total = np.zeros((stop - start, columns.shape[1]))
        for column in columns:
            total += np.square(column[start:stop, None] - column)
        return total

    return block
