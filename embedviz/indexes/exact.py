"""Brute force, told what it need not look at twice: the exact nearest, at the speed of memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.candidates import Candidates
from embedviz.indexes.shortcuts import Shortcuts
from embedviz.metrics import metric_named
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]

_QUERIES_AT_ONCE = 128
_SCORED_AT_ONCE = 65_536  # rows in float64 at a time


class ExactIndex:
    """Every vector is compared; the answer is the float64 one.

    All rows get a float32 stand-in score by one matrix product. The maxima of short chunks give a
    lower bound on the k-th best, so that only a handful of rows is scored in float64. For a batch
    the (n, q) scores are never held, only the maxima.
    """

    def __init__(self, space: EmbeddingSpace) -> None:
        self._vectors = space.vectors
        self._shortcuts = _shortcuts_of(space)

    def search(
        self,
        queries: NDArray[Any],
        k: int,
        metric: str = "cosine",
        *,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> tuple[Rows, Scores]:
        """See :meth:`embedviz.indexes.Index.search`."""
        metric_named(metric)
        asked = np.ascontiguousarray(queries, dtype=np.float64)
        k = min(k, len(self._vectors))
        found = np.empty((len(asked), k), np.intp)
        scores = np.empty(found.shape)
        if not k:
            return found, scores
        candidates = Candidates(self._vectors, self._shortcuts.of(metric, asked), k)
        for start in range(0, len(asked), _QUERIES_AT_ONCE):
            stop_if(cancel, "The search for neighbors")
            block = range(start, min(start + _QUERIES_AT_ONCE, len(asked)))
            for query, rows in zip(block, candidates.of(block), strict=True):
                found[query], scores[query] = self._best(asked[query], rows, k, metric)
            report(on_progress, block.stop / len(asked), f"query {block.stop:,} of {len(asked):,}")
        return found, scores

    def _best(
        self, query: NDArray[np.float64], rows: Rows, k: int, metric: str
    ) -> tuple[Rows, Scores]:
        measure = metric_named(metric)
        scores = np.empty(rows.size)
        for start in range(0, rows.size, _SCORED_AT_ONCE):
            part = slice(start, start + _SCORED_AT_ONCE)
            scores[part] = measure.between(query, self._vectors[rows[part]])
        scores = _leveled(scores, lambda places: self._vectors[rows[places]])
        best = np.lexsort((rows, scores if measure.is_distance else -scores))[:k]
        return rows[best], scores[best]


_known: WeakKeyDictionary[EmbeddingSpace, Shortcuts] = WeakKeyDictionary()


def _shortcuts_of(space: EmbeddingSpace) -> Shortcuts:
    # Made once for a space and dropped with it; they hold its arrays, never the space itself.
    if space not in _known:
        _known[space] = Shortcuts(space.vectors, space.norms)
    return _known[space]


def _leveled(scores: Scores, vectors_of: Callable[[Rows], NDArray[np.float32]]) -> Scores:
    """One score for equal vectors: a matrix product's last bit depends on a row's place in it."""
    order = np.argsort(scores)
    steps = np.diff(scores[order])
    close = (steps > 0) & (steps <= 1e-12 * np.abs(scores[order][1:]))
    if not close.any():
        return scores
    places = order[np.append(close, False) | np.append(False, close)]
    places = np.flatnonzero(np.isin(scores, scores[places]))
    _, first, group = np.unique(vectors_of(places), axis=0, return_index=True, return_inverse=True)
    leveled = scores.copy()
    leveled[places] = scores[places][first][group.ravel()]
    return leveled
