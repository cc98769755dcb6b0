"""k-means: as many round groups as asked for; every point belongs to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.groups.base import Clustering, Grouping, Limits
from embedviz.params import param
from embedviz.progress import report, stop_if

_MOST_VALUES = 1_000_000_000


@dataclass(frozen=True)
class KMeansParams:
    """Parameters of k-means."""

    n_clusters: int = param(
        8, "How many groups to make; k-means always makes exactly so many.",
        label="Groups", minimum=2, maximum=200,
    )  # fmt: skip
    n_init: int = param(
        4, "Beginnings from other random centers; the tightest result is taken.",
        label="Beginnings", minimum=1, maximum=50, advanced=True,
    )  # fmt: skip


def _find(grouping: Grouping, params: KMeansParams) -> NDArray[Any]:
    """As ``KMeans(n_clusters, n_init=n_init, random_state=seed)``, with a stop between beginnings."""
    from sklearn.cluster import KMeans

    random = np.random.RandomState(grouping.seed)
    best: Any = None
    for beginning in range(params.n_init):
        stop_if(grouping.cancel, "k-means")
        report(
            grouping.on_progress, beginning / params.n_init,
            f"beginning {beginning + 1} of {params.n_init}",
        )  # fmt: skip
        model = KMeans(params.n_clusters, n_init=1, random_state=random).fit(grouping.points)
        if best is None or model.inertia_ < best.inertia_:
            best = model
    stop_if(grouping.cancel, "k-means")
    labels: NDArray[Any] = best.labels_
    return labels


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
)
