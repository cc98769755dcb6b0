"""Finding groups among the points of a space or of a map."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked
from embedviz.errors import InvalidParameterError
from embedviz.groups.base import Clustering, Grouping, Labels, Points
from embedviz.groups.clusters import Clusters
from embedviz.groups.hdbscan import HDBSCAN_CLUSTERING
from embedviz.groups.kmeans import KMEANS_CLUSTERING
from embedviz.groups.preparation import PreparationParams, compared, reduced, works_on
from embedviz.groups.silhouette import silhouettes
from embedviz.metrics import EUCLIDEAN
from embedviz.params import check_limits, make, narrowed, specs
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.projections.checks import check_seed
from embedviz.projections.first_import import import_scikit_learn
from embedviz.projections.projection import Projection
from embedviz.space import EmbeddingSpace

CLUSTERINGS: dict[str, Clustering] = {
    method.name: method for method in (HDBSCAN_CLUSTERING, KMEANS_CLUSTERING)
}
_LEAST_POINTS = 4
_ON_MAP = "Straight-line distances on the drawn map, which is not the full space."


@checked
def cluster(
    points: EmbeddingSpace | Projection,
    method: str = HDBSCAN_CLUSTERING.name,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
    **params: Any,
) -> Clusters:
    """Find groups in the full space, or on a map.

    Parameters
    ----------
    points : EmbeddingSpace or Projection
        Groups on a projection are groups of its picture: t-SNE and UMAP may tear one group of
        the full space, or draw two together. ``full_silhouette`` tells how they hold there.
    method : str
        A name in ``CLUSTERINGS``: ``"hdbscan"`` or ``"kmeans"``, both scikit-learn's.
    seed : int
        The same seed, data and parameters give the same groups.
    on_progress, cancel
        Called with :class:`~embedviz.progress.Progress`; an event that stops the work.
    **params
        Parameters of the method (``min_cluster_size``, ``n_clusters``, …), and for a space
        ``metric`` (``"euclidean"``, ``"cosine"``, …) and ``reduce_to``: dimensions that PCA leaves
        first (0: all; HDBSCAN takes 50 of longer vectors unless told otherwise). Defaults are moved
        into what the data allows; ``Clusters.params`` has all that were used.

    Raises
    ------
    InvalidParameterError
        For an unknown method or parameter, a value that this data does not allow, or more points
        than the method can take.
    CancelledError
        If ``cancel`` is set.
    """
    chosen = clustering_named(method)
    check_seed(seed)
    on_map = isinstance(points, Projection)
    space = points.space if isinstance(points, Projection) else points
    n, d = len(space), points.n_components if isinstance(points, Projection) else space.dimensions
    preparation, values = _checked_params(chosen, n, d, on_map, params)
    _check_size(chosen, n, preparation.reduce_to or d, on_map)
    started = time.perf_counter()
    import_scikit_learn()
    there = compared(space, preparation, chosen.label)
    here = points.coordinates if isinstance(points, Projection) else there
    ready = here if on_map else reduced(here, preparation, on_progress, cancel)
    stop_if(cancel, chosen.label)
    labels = _by_size(chosen.find(Grouping(ready, seed, on_progress, cancel), values))
    measured, full = _measured(here, there, labels, seed, on_progress, cancel)
    used = dataclasses.asdict(values) | ({} if on_map else dataclasses.asdict(preparation))
    return Clusters(
        labels, chosen.name, used, "map" if on_map else "full space",
        (_ON_MAP if on_map else works_on(preparation, d)) + _fewer(labels, chosen.wanted(values)),
        int(seed), measured, full, time.perf_counter() - started,
    )  # fmt: skip


def clustering_named(name: str) -> Clustering:
    """The clustering method of this name; raises InvalidParameterError, which lists them."""
    if name not in CLUSTERINGS:
        raise InvalidParameterError(
            f"There is no clustering method {name!r}. Methods: {', '.join(map(repr, CLUSTERINGS))}."
        )
    return CLUSTERINGS[name]


def preparation_defaults(method: Clustering, n: int, d: int) -> dict[str, Any]:
    """What ``cluster`` does to n vectors of d dimensions unless told otherwise."""
    return {
        "metric": EUCLIDEAN.name,
        "reduce_to": method.reduce_to if method.reduce_to < min(n, d) else 0,
    }


def _checked_params(
    method: Clustering, n: int, d: int, on_map: bool, given: dict[str, Any]
) -> tuple[PreparationParams, Any]:
    shared = {name: given[name] for name in given if name in specs(PreparationParams)}
    if on_map and shared:
        raise InvalidParameterError(
            f"{', '.join(shared)}: a map is grouped by straight-line distance as it is drawn. "
            "Leave this out, or group the space itself."
        )
    own = {name: given[name] for name in given if name not in shared}
    limits = method.limits(n, d)
    # Checked as given first: a message must speak of the method's range before this data's.
    make(method.params, own, method.label)
    fitting = {name: narrowed(spec, limits).default for name, spec in specs(method.params).items()}
    values: Any = make(method.params, fitting | own, method.label)
    check_limits(values, limits, method.label, f"{n:,} points")
    first = {} if on_map else preparation_defaults(method, n, d)
    return make(PreparationParams, first | shared, method.label), values


def _check_size(method: Clustering, n: int, d: int, on_map: bool) -> None:
    if n < _LEAST_POINTS:
        raise InvalidParameterError(
            f"{method.label} needs at least {_LEAST_POINTS} points, got {n}. Choose more points."
        )
    most = method.most_points(d)
    if n > most:
        ways = ["take a sample of the rows (space.take)"]
        others = [other.label for other in CLUSTERINGS.values() if other.most_points(d) > most]
        if others:
            ways.append(f"use {others[0]}")
        if not on_map:
            ways[:0] = ["group the map instead", "reduce to fewer dimensions (reduce_to)"]
        raise InvalidParameterError(
            f"{method.label} of {n:,} points of {d} dimensions would take too long. "
            f"Allowed here: up to {most:,} points. To go on, {', or '.join(ways)}."
        )


def _fewer(labels: Labels, wanted: int) -> str:
    """A sentence where there are fewer groups than were asked for, else nothing."""
    found = int(labels.max()) + 1
    if found >= wanted:
        return ""
    return f" {wanted} groups were asked for, but only {found} points differ: {found} groups."


def _by_size(labels: NDArray[Any]) -> Labels:
    """Labels 0, 1, … from the largest group to the smallest; among equals the first met is first."""
    found, first, sizes = np.unique(labels[labels >= 0], return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    renamed = np.full(int(found.max()) + 1 if found.size else 1, -1, np.int32)
    renamed[found[order]] = np.arange(len(found))
    ordered = np.where(labels >= 0, renamed[np.maximum(labels, 0)], -1).astype(np.int32)
    ordered.flags.writeable = False
    return ordered


def _measured(
    here: Points,
    there: Points,
    labels: Labels,
    seed: int,
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> tuple[NDArray[np.float64], float]:
    """The silhouette of each point where the groups were found, and its mean in the full space."""
    report(on_progress, None, "how well the groups hold together")
    own = silhouettes(here, labels, seed, on_progress, cancel)
    full = own if here is there else silhouettes(there, labels, seed, on_progress, cancel)
    values = full[~np.isnan(full)]
    return own, float(values.mean()) if values.size else float("nan")
