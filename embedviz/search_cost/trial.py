"""Vectors to search, queries that are not among them, and the true neighbors of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.indexes.exact import ExactIndex
from embedviz.space import EmbeddingSpace

LEAST = 40  # vectors: fewer are no search
MOST_NEIGHBORS = 50


@dataclass(frozen=True, eq=False)
class Trial:
    """What every method is asked, and what is right.

    Attributes
    ----------
    vectors : ndarray of shape (n, d), float32
        Scaled to length 1: the nearest by distance are the nearest by cosine.
    queries : ndarray of shape (q, d), float32
        Held out: none of them is in ``vectors``.
    truth : ndarray of shape (q, min(n, 50)), intp
        The exact neighbors, nearest first.
    rows : ndarray of shape (n,), intp
        Which of the vectors given to :func:`trial_of` each of ``vectors`` is.
    asked : ndarray of shape (q,), intp
        The same of ``queries``.
    """

    vectors: NDArray[np.float32]
    queries: NDArray[np.float32]
    truth: NDArray[np.intp]
    rows: NDArray[np.intp]
    asked: NDArray[np.intp]

    def recall(self, found: NDArray[Any], k: int) -> float:
        """The share of the true nearest ``k`` that is in ``found`` (q, k), over all queries."""
        k = min(k, self.truth.shape[1])
        pairs = zip(self.truth[:, :k].tolist(), found[:, :k].tolist(), strict=True)
        right = sum(len(set(true) & set(row)) for true, row in pairs)
        return right / (k * len(self.truth))


def trial_of(vectors: NDArray[Any], queries: int = 100, seed: int = 0) -> Trial:
    """Hold out some of ``vectors`` (m, d) as queries: at most a fifth of them, chosen by ``seed``.

    Vectors of length 0 have no direction and are left out.

    Raises
    ------
    InvalidParameterError
        If fewer than 40 vectors are left, or ``queries`` is below 1.
    """
    if queries < 1:
        raise InvalidParameterError(f"queries={queries}: at least 1 is needed.")
    given = np.flatnonzero(np.linalg.norm(np.asarray(vectors, np.float64), axis=1) > 0)
    if len(given) < LEAST:
        raise InvalidParameterError(
            f"A search needs at least {LEAST} vectors with a direction; there are {len(given)}. "
            "Choose a larger set."
        )
    order = np.random.default_rng(seed).permutation(len(given))
    count = min(queries, len(given) // 5)
    return trial_between(vectors, given[np.sort(order[count:])], given[np.sort(order[:count])])


def trial_between(vectors: NDArray[Any], rows: NDArray[np.intp], asked: NDArray[np.intp]) -> Trial:
    """The trial that searches ``rows`` of ``vectors`` for those ``asked``; none has length 0."""
    space = EmbeddingSpace(map(str, rows), unit_vectors(vectors[rows]))
    queries = unit_vectors(vectors[asked])
    truth, _ = ExactIndex(space).search(queries, MOST_NEIGHBORS, "cosine")
    return Trial(space.vectors, queries, truth, rows, asked)


def unit_vectors(vectors: NDArray[Any]) -> NDArray[np.float32]:
    """The vectors that have a direction, scaled to length 1, float32, C-contiguous."""
    wide = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(wide, axis=1)
    kept = lengths > 0
    return np.ascontiguousarray(wide[kept] / lengths[kept, None], dtype=np.float32)
