"""k-means: as many round groups as asked for; every point belongs to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.groups.base import Clustering, Grouping, Limits, Points
from embedviz.params import param
from embedviz.progress import report, stop_if

_MOST_VALUES = 1_000_000_000


@dataclass(frozen=True)
class KMeansParams:
    """Parameters of k-means."""

    n_clusters: int = param(
        8, "How many groups to make: exactly so many, unless fewer points differ.",
        label="Groups", minimum=2, maximum=200,
    )  # fmt: skip
    n_init: int = param(
        4, "Beginnings from other random centers; the tightest result is taken.",
        label="Beginnings", minimum=1, maximum=50, advanced=True,
    )  # fmt: skip


def _find(grouping: Grouping, params: KMeansParams) -> NDArray[Any]:
    """As ``KMeans(n_clusters, n_init=n_init, random_state=seed)``, with a stop between beginnings."""
    from sklearn.cluster import KMeans

    # More centers than places: some would stand on one another, and have no points.
    groups = min(params.n_clusters, _distinct(grouping.points, params.n_clusters))
    random = np.random.RandomState(grouping.seed)
    best: Any = None
    for beginning in range(params.n_init):
        stop_if(grouping.cancel, "k-means")
        report(
            grouping.on_progress, beginning / params.n_init,
            f"beginning {beginning + 1} of {params.n_init}",
        )  # fmt: skip
        model = KMeans(groups, n_init=1, random_state=random).fit(grouping.points)
        if best is None or model.inertia_ < best.inertia_:
            best = model
    stop_if(grouping.cancel, "k-means")
    labels: NDArray[Any] = best.labels_
    return labels


def _distinct(points: Points, enough: int) -> int:
    """How many different points there are, or a number that is enough."""
    few = len(np.unique(points[: 100 * enough], axis=0))
    return few if few >= enough else len(np.unique(points, axis=0))


def _limits(n: int, d: int) -> Limits:  # noqa: ARG001 - the dimensions set no limit
    return {"n_clusters": (2, max(2, n - 1))}


KMEANS_CLUSTERING = Clustering(
    name="kmeans",
    label="k-means",
    help="Cuts the points into as many round groups as you ask for; none is left out (Lloyd 1982).",
    params=KMeansParams,
    uses_seed=True,
    reduce_to=0,
    limits=_limits,
    most_points=lambda d: _MOST_VALUES // max(1, d),
    find=_find,
    wanted=lambda params: int(params.n_clusters),
)
