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
from embedviz.trust.blocks import by_blocks
from embedviz.trust.checks import check_neighbors
from embedviz.trust.nearness import Rows
from embedviz.trust.ranking import Ranking


@dataclass(frozen=True, eq=False)
class Hubness:
    """How evenly a space spreads its neighbors (Radovanović et al. 2010).

    Attributes
    ----------
    counts : ndarray of shape (n,), float64
        Of how many points each point is one of the k nearest; the mean is k. Whole numbers, but
        for ties: points that are equally near share what is left of k, so that copies of a point
        count alike and their order says nothing.
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

    counts: NDArray[np.float64]
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
    CancelledError. The time grows with n²: seconds for 10,000 points; copies cost nothing.
    """
    metric_named(metric)
    check_neighbors(k, len(space))
    ranking = Ranking.of_space(space.vectors, metric)
    found = by_blocks(
        np.arange(len(ranking.places)),
        len(ranking.places),
        lambda part: _chosen_by(ranking, part, int(k)),
        "The search for neighbors",
        on_progress,
        cancel,
    )
    # Shares of ties are rounded: equal counts must come out equal.
    counts = np.round(np.sum(found, axis=0), 9)[ranking.places.of]
    return hubness_of(space.keys, counts, int(k), metric)


def _chosen_by(ranking: Ranking, places: Rows, k: int) -> NDArray[np.float64]:
    """How often a point of each place (p,) is chosen by all points of ``places``."""
    all_counts = ranking.places.counts
    near = ranking.seen_from(ranking.places.first[places]).nearest(k)
    viewer = places[near.line]
    own = near.place == viewer
    # The weight is shared by the points of the place that a viewer sees: not by itself.
    each = near.weight / (all_counts[near.place] - own)
    chosen = np.bincount(near.place, each * (all_counts[viewer] - own), len(all_counts))
    return np.asarray(chosen, np.float64)


def hubness_of(
    keys: Sequence[str], counts: NDArray[np.float64], k: int, metric: str = "cosine"
) -> Hubness:
    """What ``counts`` say, of shape (n,), as :func:`hubness` counted them for these keys."""
    most = np.argsort(-counts, kind="stable")[:20]
    hubs = tuple(keys[int(row)] for row in most if counts[row] > k)
    antihubs = tuple(keys[int(row)] for row in np.flatnonzero(counts == 0))
    return Hubness(counts, _skewness(counts), hubs, antihubs, k, metric)


def _skewness(counts: NDArray[np.float64]) -> float:
    deviations = counts - counts.mean()
    spread = float(np.sqrt(np.mean(deviations**2)))
    return float(np.mean(deviations**3)) / spread**3 if spread else 0.0
