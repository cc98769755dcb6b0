"""The last word: float64 scores of the rows that can be among the nearest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from embedviz.metrics import metric_named

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]

_SCORED_AT_ONCE = 65_536  # rows in float64 at a time


def nearest_of(
    vectors: NDArray[np.float32], rows: Rows, query: NDArray[np.float64], k: int, metric: str
) -> tuple[Rows, Scores]:
    """The ``k`` of these ``rows`` nearest to ``query``, best first, ties by row; their scores."""
    measure = metric_named(metric)
    scores = np.empty(rows.size)
    for start in range(0, rows.size, _SCORED_AT_ONCE):
        part = slice(start, start + _SCORED_AT_ONCE)
        scores[part] = measure.between(query, vectors[rows[part]])
    scores = _leveled(scores, lambda places: vectors[rows[places]])
    best = np.lexsort((rows, scores if measure.is_distance else -scores))[:k]
    return rows[best], scores[best]


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
