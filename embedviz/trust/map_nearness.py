"""Which point is nearer than which on a map."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.trust.nearness import Matrix, Rows, Values


class MapNearness:
    """On the map, by straight-line distance (squared); coordinates of shape (n, c), float32."""

    rounds = True

    def __init__(self, coordinates: NDArray[np.float32]) -> None:
        widest = float(np.abs(coordinates).max()) if coordinates.size else 1.0
        # By a power of two: no digit changes, and no square leaves the range of float32.
        scale = np.float64(2.0 ** -np.floor(np.log2(widest))) if widest > 0 else 1.0
        self._columns = np.ascontiguousarray((coordinates * scale).T, dtype=np.float32)
        self._tree = _tree(self._columns)

    def __len__(self) -> int:
        return int(self._columns.shape[1])

    def block(self, rows: Rows) -> Values:
        total = np.empty((len(rows), len(self)), np.float32)
        differences = np.empty(len(self), np.float32)
        # Row by row: it stays in the processor's cache.
        for line, row in zip(total, rows, strict=True):
            np.square(np.subtract(self._columns[0], self._columns[0, row], out=line), out=line)
            for column in self._columns[1:]:
                np.subtract(column, column[row], out=differences)
                np.add(line, np.square(differences, out=differences), out=line)
        return total

    def exact(self, rows: Rows, columns: Rows) -> Matrix:
        differences = self._columns[:, rows].astype(np.float64) - self._columns[:, columns]
        return np.asarray(np.square(differences).sum(axis=0))

    def quickly(self, rows: Rows, k: int) -> Rows | None:
        if k + 2 > len(self):
            return None
        distances, found = self._tree.query(self._columns[:, rows].T, k + 2)
        others = found != rows[:, None]
        others[others.all(axis=1), -1] = False
        shape = (len(rows), k + 1)
        found, distances = found[others].reshape(shape), distances[others].reshape(shape)
        # Where the next one is as far as the last, the tree's choice is not ours.
        if (distances[:, k] <= distances[:, k - 1] * (1 + 1e-9)).any():
            return None
        return np.asarray(found[:, :k], np.intp)

    def slack(self, rows: Rows, values: Values) -> Matrix:  # noqa: ARG002 - as in Nearness
        # Differences of float32 numbers, their squares and a sum of three: relative to the value.
        return 8 * float(np.finfo(np.float32).eps) * np.abs(values) + 1e-37


def _tree(columns: Values) -> Any:
    from scipy.spatial import cKDTree

    return cKDTree(columns.T.astype(np.float64))
