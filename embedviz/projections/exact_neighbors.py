"""Nearest neighbors for t-SNE and UMAP: exact, by blocks, with progress and a place to stop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embedviz.metrics import EUCLIDEAN, metric_named
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.projections.base import Vectors

Indices = NDArray[np.int64]
Distances = NDArray[np.float64]

# Products per block: some tenths of a second, so that a stop is answered soon.
_BLOCK_WORK = 4_000_000_000


class ExactNeighbors:
    """All-pairs search in ``vectors`` (n, d) by a ``metric`` that scikit-learn and SciPy know.

    The search itself is scikit-learn's, among unit vectors where only the direction counts; the
    distances of those found are then computed by SciPy in float64, as openTSNE's own exact
    search does: with the same neighbors it gives the same picture.
    """

    def __init__(self, vectors: Vectors, metric: str) -> None:
        from sklearn.neighbors import NearestNeighbors

        self.metric = metric
        self._measure = metric_named(metric)
        self._vectors = vectors
        self._rows = comparable(vectors, metric)
        searched = self._measure if self._measure.form is None else EUCLIDEAN
        self._search = NearestNeighbors(
            algorithm="auto", metric=searched.called["scikit-learn"]
        ).fit(self._rows)

    def among_themselves(
        self, k: int, on_progress: OnProgress | None = None, cancel: Cancel | None = None
    ) -> tuple[Indices, Distances]:
        """The k nearest others of every vector, nearest first: both of shape (n, k)."""
        found, distances = self._by_blocks(self._vectors, k + 1, on_progress, cancel)
        others = found != np.arange(len(found))[:, None]
        # Among many duplicates a point may miss itself; then the farthest found gives way.
        others[others.all(axis=1), -1] = False
        shape = (len(found), k)
        return found[others].reshape(shape), distances[others].reshape(shape)

    def of(self, new: Vectors, k: int, cancel: Cancel | None = None) -> tuple[Indices, Distances]:
        """The k nearest fitted vectors of every row of ``new`` (m, d): both of shape (m, k)."""
        return self._by_blocks(new, k, None, cancel)

    def _by_blocks(
        self, asked: Vectors, k: int, on_progress: OnProgress | None, cancel: Cancel | None
    ) -> tuple[Indices, Distances]:
        rows = comparable(asked, self.metric)
        found = np.empty((len(rows), k), np.int64)
        distances = np.empty((len(rows), k), np.float64)
        step = max(256, _BLOCK_WORK // max(1, self._rows.size))
        for start in range(0, len(rows), step):
            stop_if(cancel, "The search for neighbors")
            part = slice(start, start + step)
            distances[part], found[part] = self._search.kneighbors(rows[part], k)
            if self._measure is not EUCLIDEAN:
                distances[part] = self._measured(asked[part], found[part])
            done = min(start + step, len(rows))
            report(
                on_progress,
                done / len(rows),
                f"exact neighbors of {done:,} of {len(rows):,} points",
            )
        return found, distances

    def _measured(self, asked: Vectors, found: Indices) -> Distances:
        from scipy.spatial.distance import cdist

        rows = (
            cdist(one[None, :], self._vectors[near], self._measure.called["scipy"])[0]
            for one, near in zip(asked, found, strict=True)
        )
        return np.stack(list(rows))


def comparable(vectors: Vectors, metric: str) -> NDArray[np.float32]:
    """``vectors`` such that their straight-line distances rank as ``metric`` does, if it has a form."""
    measure = metric_named(metric)
    if measure.form != "angle":
        return vectors
    rows = measure.centered(vectors)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
