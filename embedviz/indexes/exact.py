"""Brute force, told what it need not look at twice: the exact nearest, at the speed of memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.shortcuts import Float32, Shortcut, Shortcuts
from embedviz.metrics import metric_named
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]

_CHUNK_ALONE, _CHUNK_TOGETHER = 256, 64  # rows that share one maximum; measured
_ROWS_AT_ONCE = 8192  # of the space, against a block of queries: stays in the cache; measured
_QUERIES_AT_ONCE = 128
_FEW = 8  # fewer queries than this are faster one by one
_SCORED_AT_ONCE = 65_536  # rows in float64 at a time


class ExactIndex:
    """Every vector is compared; the answer is the float64 one.

    All rows get a float32 stand-in score by one matrix product. The maxima of short chunks give a
    lower bound on the k-th best, so that only a handful of rows is scored in float64. For a batch
    the (n, q) scores are never held, only the maxima.
    """

    def __init__(self, space: EmbeddingSpace) -> None:
        # Not the space itself: an index lives as long as its space, and must not keep it alive.
        self._vectors = space.vectors
        self._shortcuts = Shortcuts(space.vectors, space.norms)

    def search(
        self,
        queries: NDArray[Any],
        k: int,
        metric: str = "cosine",
        exclude: Sequence[Sequence[int]] | None = None,
        *,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> tuple[Rows, Scores]:
        """See :meth:`embedviz.indexes.Index.search`."""
        metric_named(metric)
        asked = np.ascontiguousarray(queries, dtype=np.float64)
        excluded = [np.unique(np.asarray(rows, dtype=np.intp)) for rows in exclude or ()]
        excluded = excluded or [np.empty(0, dtype=np.intp)] * len(asked)
        most = max((rows.size for rows in excluded), default=0)
        k = min(k, len(self._vectors) - most)
        found, scores = np.empty((len(asked), k), np.intp), np.empty((len(asked), k))
        if k < 1:
            return found, scores
        candidates = _Candidates(self._vectors, self._shortcuts.of(metric, asked), k + most)
        for start in range(0, len(asked), _QUERIES_AT_ONCE):
            stop_if(cancel, "The search for neighbors")
            block = range(start, min(start + _QUERIES_AT_ONCE, len(asked)))
            for query, rows in zip(block, candidates.of(block), strict=True):
                rows = np.setdiff1d(rows, excluded[query], assume_unique=True)
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
        scores = _level(scores, lambda places: self._vectors[rows[places]])
        best = np.lexsort((rows, scores if measure.is_distance else -scores))[:k]
        return rows[best], scores[best]


class _Candidates:
    """Rows that can be among the exact nearest ``count``: a superset, usually barely larger."""

    def __init__(self, vectors: Float32, shortcut: Shortcut | None, count: int) -> None:
        self._size = len(vectors)
        self._shortcut = shortcut
        self._count = count

    def of(self, block: range) -> list[Rows]:
        """The candidates of each query in ``block``, each in ascending order."""
        shortcut = self._shortcut
        if shortcut is None:
            return [np.arange(self._size)] * len(block)
        if len(block) < _FEW:
            return [self._alone(shortcut, query) for query in block]
        return self._together(shortcut, block)

    def _alone(self, shortcut: Shortcut, query: int) -> Rows:
        if not np.isfinite(shortcut.errors[query]):
            return np.arange(self._size)
        standins = shortcut.one(query)
        starts = np.arange(0, self._size, self._chunk(_CHUNK_ALONE))
        maxima = np.maximum.reduceat(standins, starts)
        return self._few(shortcut, query, maxima, standins.__getitem__)

    def _together(self, shortcut: Shortcut, block: range) -> list[Rows]:
        chunk = self._chunk(_CHUNK_TOGETHER)
        queries = slice(block.start, block.stop)
        maxima = np.empty((-(-self._size // chunk), len(block)), np.float32)
        step = chunk * max(1, _ROWS_AT_ONCE // chunk)
        for start in range(0, self._size, step):
            with np.errstate(all="ignore"):  # only where errors are infinite
                standins = shortcut.many(queries, slice(start, min(start + step, self._size)))
            _chunk_maxima(standins, chunk, maxima[start // chunk : (start + step) // chunk])
        every = np.arange(self._size)
        return [
            self._few(shortcut, query, column, lambda rows, q=query: shortcut.one(q, rows))
            if np.isfinite(shortcut.errors[query])
            else every
            for query, column in zip(block, np.ascontiguousarray(maxima.T), strict=True)
        ]

    def _few(
        self,
        shortcut: Shortcut,
        query: int,
        maxima: Float32,
        standins_of: Callable[[Rows], Float32],
    ) -> Rows:
        slack = 2 * float(shortcut.errors[query])
        chunk = -(-self._size // maxima.size) if maxima.size == 1 else self._chunk_of(maxima.size)
        hopeful = np.flatnonzero(maxima >= _at_rank(maxima, self._count) - slack)
        rows = (hopeful[:, None] * chunk + np.arange(chunk)).ravel()
        rows = rows[: np.searchsorted(rows, self._size)]
        standins = standins_of(rows)
        return np.asarray(rows[standins >= _at_rank(standins, self._count) - slack])

    def _chunk(self, most: int) -> int:
        # At least ``count`` chunks must exist for their maxima to bound the count-th best.
        return max(1, min(most, self._size // (2 * self._count)))
