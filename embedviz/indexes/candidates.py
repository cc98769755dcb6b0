"""Which rows can be among the nearest: found from float32 stand-ins, without missing any."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.shortcuts import Float32, Shortcut

Rows = NDArray[np.intp]

_CHUNK_ALONE, _CHUNK_TOGETHER = 256, 64  # rows that share one maximum; measured
_LEAST_CHUNK, _NUMBERS_TOGETHER = 8, 8192
_ROWS_AT_ONCE = 8192  # of the space, against a block of queries: stays in the cache; measured
# Of the space, for one query: what was multiplied is still in the cache when it is scaled and its
# maxima are taken, so that the query costs what reading the vectors once costs; measured.
_ROWS_ALONE = 16_384
_FEW = 8  # fewer queries than this are faster one by one


class Candidates:
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
        chunk = self._chunk(_CHUNK_ALONE)
        step = chunk * max(1, _ROWS_ALONE // chunk)
        room = np.empty(min(step, self._size), np.float32)
        maxima = np.empty(-(-self._size // chunk), np.float32)
        for start in range(0, self._size, step):
            standins = shortcut.into(room[: self._size - start], query, start)
            part = maxima[start // chunk : (start + step) // chunk]
            _maxima_of(standins, chunk, part)
        return self._few(shortcut, query, chunk, maxima, partial(shortcut.one, query))

    def _together(self, shortcut: Shortcut, block: range) -> list[Rows]:
        # Hopeful chunks are read once more, whole: the longer the vectors, the fewer at a time.
        length = max(1, shortcut.vectors.shape[1])
        chunk = self._chunk(max(_LEAST_CHUNK, min(_CHUNK_TOGETHER, _NUMBERS_TOGETHER // length)))
        queries = slice(block.start, block.stop)
        step = chunk * max(1, _ROWS_AT_ONCE // chunk)
        parts = []
        for start in range(0, self._size, step):
            with np.errstate(all="ignore"):  # what overflows has an infinite error: see below
                standins = shortcut.many(queries, slice(start, min(start + step, self._size)))
            parts.append(_chunk_maxima(standins, chunk))
        maxima = np.ascontiguousarray(np.concatenate(parts).T)
        return [
            self._few(shortcut, query, chunk, row, partial(shortcut.one, query))
            if np.isfinite(shortcut.errors[query])
            else np.arange(self._size)
            for query, row in zip(block, maxima, strict=True)
        ]

    def _few(
        self,
        shortcut: Shortcut,
        query: int,
        chunk: int,
        maxima: Float32,
        standins_of: Callable[[Rows], Float32],
    ) -> Rows:
        slack = 2 * float(shortcut.errors[query])
        chunks = np.flatnonzero(hopeful(maxima, self._count, slack))
        rows = (chunks[:, None] * chunk + np.arange(chunk)).ravel()
        rows = rows[: np.searchsorted(rows, self._size)]
        return np.asarray(rows[hopeful(standins_of(rows), self._count, slack)])

    def _chunk(self, most: int) -> int:
        # At least ``count`` chunks must exist for their maxima to bound the count-th best.
        return max(1, min(most, self._size // (2 * self._count)))


def hopeful(standins: Float32, count: int, slack: float) -> NDArray[np.bool_]:
    """Which can be among the ``count`` best, if any two may be off by ``slack`` together."""
    return np.asarray(standins >= _at_rank(standins, count) - slack)


def _maxima_of(standins: Float32, chunk: int, out: Float32) -> None:
    """The maximum of each ``chunk`` of one query's stand-ins (the last may be shorter)."""
    whole = len(standins) // chunk
    np.max(standins[: whole * chunk].reshape(-1, chunk), axis=1, out=out[:whole])
    if whole < len(out):
        out[whole] = standins[whole * chunk :].max()


def _chunk_maxima(standins: Float32, chunk: int) -> Float32:
    """Maxima over each ``chunk`` rows (the last may be shorter), of shape (chunks, queries)."""
    whole = len(standins) // chunk * chunk
    maxima = standins[:whole].reshape(-1, chunk, standins.shape[1]).max(axis=1)
    if whole < len(standins):
        maxima = np.concatenate([maxima, standins[whole:].max(axis=0, keepdims=True)])
    return np.asarray(maxima)


def _at_rank(values: Float32, rank: int) -> np.float32:
    """The ``rank``-th largest value; minus infinity where there are fewer."""
    if rank > values.size:
        return np.float32(-np.inf)
    return np.float32(np.partition(values, values.size - rank)[values.size - rank])
