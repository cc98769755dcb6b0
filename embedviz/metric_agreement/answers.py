"""Which keys a metric answers with again and again, whatever is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel
from embedviz.search import neighbors
from embedviz.space import EmbeddingSpace
from embedviz.trust.hubs import hubness_of


@dataclass(frozen=True, eq=False)
class MostAnswered:
    """The k nearest of many random keys, counted.

    Attributes
    ----------
    metric : str
    queries, k : int
        How many keys were asked for, and how many answers each gave.
    keys : tuple of str
        The most frequent answers, most first; of equal ones the first in the space.
    counts : ndarray of int64
        In the answers of how many queries each of ``keys`` stands.
    lengths : ndarray of float64
        ‖v‖ of each of ``keys``.
    skewness : float
        Of the counts of all n keys: the larger, the more a few keys answer everything.
    mean_length : float
        Of all answers.
    median_rank : float
        Of all answers, from 1: the place in the space, which for words is the frequency rank.
    """

    metric: str
    queries: int
    k: int
    keys: tuple[str, ...]
    counts: NDArray[np.int64]
    lengths: NDArray[np.float64]
    skewness: float
    mean_length: float
    median_rank: float


def most_answered(
    space: EmbeddingSpace,
    metric: str,
    *,
    queries: int = 500,
    k: int = 10,
    most: int = 8,
    seed: int = 0,
    cancel: Cancel | None = None,
) -> MostAnswered:
    """Ask for ``queries`` random keys and count the answers (hubs: Radovanović et al. 2010).

    Raises InvalidParameterError for an unknown metric, k < 1, fewer than one query or fewer than
    two keys, and CancelledError.
    """
    if queries < 1 or len(space) < 2:
        raise InvalidParameterError(
            f"queries={queries!r} among {len(space):,} keys: at least 1, among at least 2 keys."
        )
    asked = min(queries, len(space))
    rows = np.sort(np.random.default_rng(seed).choice(len(space), asked, replace=False))
    found = neighbors(space, [space.keys[row] for row in rows], k, metric, cancel=cancel).rows
    counts = np.bincount(found.ravel(), minlength=len(space)).astype(np.int64)
    top = np.argsort(-counts, kind="stable")[:most]
    return MostAnswered(
        metric,
        asked,
        found.shape[1],
        tuple(space.keys[row] for row in top),
        counts[top],
        space.norms[top].astype(np.float64),
        hubness_of(space.keys, counts.astype(np.float64), found.shape[1], metric).skewness,
        float(space.norms[found].mean(dtype=np.float64)),
        float(np.median(found)) + 1.0,
    )
