"""Hubs: points that are among the nearest neighbors of very many others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked
from embedviz.metrics import metric_named
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace
from embedviz.trust.checks import check_neighbors
from embedviz.trust.nearest import nearest_rows
from embedviz.trust.nearness import full_nearness


@dataclass(frozen=True, eq=False)
class Hubness:
    """How evenly a space spreads its neighbors (Radovanović et al. 2010).

    Attributes
    ----------
    counts : ndarray of shape (n,), int64
        Of how many points each point is one of the k nearest; the mean is k.
    skewness : float
        Of these counts: about 0 where every point is chosen as often, above 1.5 where a few hubs
        stand near to almost everything; 0 where all counts are equal.
    hubs : tuple of str
        The keys that are chosen most, at most 20, most first.
    antihubs : tuple of str
        The keys that nobody has among its nearest, in the space's order.
    k : int
    metric : str
    """

    counts: NDArray[np.int64]
    skewness: float
    hubs: tuple[str, ...]
    antihubs: tuple[str, ...]
    k: int
    metric: str


@checked
def hubness(
    space: EmbeddingSpace,
    k: int = 10,
    metric: str = "cosine",
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Hubness:
    """Count how often each point is one of the ``k`` nearest of another, over all n points.

    Raises InvalidParameterError for a k that is not from 1 to n − 1 or an unknown metric, and
    CancelledError. The time grows with n²: seconds for 10,000 points.
    """
    metric_named(metric)
    check_neighbors(k, len(space))
    nearest = nearest_rows(
        full_nearness(space.vectors, metric), k, on_progress=on_progress, cancel=cancel
    )
    counts = np.bincount(nearest.ravel(), minlength=len(space)).astype(np.int64)
    return hubness_of(space.keys, counts, int(k), metric)


def hubness_of(
    keys: Sequence[str], counts: NDArray[np.int64], k: int, metric: str = "cosine"
) -> Hubness:
    """What ``counts`` say, of shape (n,), as :func:`hubness` counted them for these keys."""
    most = np.argsort(-counts, kind="stable")[:20]
    hubs = tuple(keys[int(row)] for row in most if counts[row] > k)
    antihubs = tuple(keys[int(row)] for row in np.flatnonzero(counts == 0))
    return Hubness(counts, _skewness(counts), hubs, antihubs, k, metric)


def _skewness(counts: NDArray[np.int64]) -> float:
    deviations = counts - counts.mean()
    spread = float(np.sqrt(np.mean(deviations**2)))
    return float(np.mean(deviations**3)) / spread**3 if spread else 0.0
