"""HDBSCAN: groups are where points lie densely; what lies between them belongs to none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from embedviz.groups.base import Clustering, Grouping, Limits
from embedviz.params import param
from embedviz.progress import report, stop_if

# Comparing all pairs takes about n² · (d + 5) billionths of a second: below two minutes.
_MOST_WORK = 1e11


@dataclass(frozen=True)
class HDBSCANParams:
    """Parameters of HDBSCAN."""

    min_cluster_size: int = param(
        15, "Fewer points than this are not a group. Larger: fewer, broader groups.",
        label="Smallest group", minimum=2, maximum=5000,
    )  # fmt: skip
    min_samples: int = param(
        5, "How many neighbors make a place dense. Larger: more points count as noise.",
        label="Neighbors for density", minimum=1, maximum=500,
    )  # fmt: skip
    selection: str = param(
        "eom", "eom: the groups that last longest as density grows. leaf: the smallest, finest ones.",
        label="Which groups of the tree", choices=("eom", "leaf"), advanced=True,
    )  # fmt: skip


def _find(grouping: Grouping, params: HDBSCANParams) -> NDArray[Any]:
    from sklearn.cluster import HDBSCAN

    n, d = grouping.points.shape
    seconds = n * n * (d + 5) / 1e9
    about = f", about {seconds:,.0f} s" if seconds > 2 else ""
    report(grouping.on_progress, None, f"densities of {n:,} points{about}")
    # The tree, not "brute": that one holds all n² distances in memory. Same groups, but for ties.
    model = HDBSCAN(
        min_cluster_size=params.min_cluster_size,
        min_samples=params.min_samples,
        cluster_selection_method=params.selection,
        algorithm="kd_tree",
        copy=False,
    )
    labels: NDArray[Any] = model.fit(grouping.points).labels_
    stop_if(grouping.cancel, "HDBSCAN")
    return labels


def _limits(n: int, d: int) -> Limits:  # noqa: ARG001 - the dimensions set no limit
    return {"min_cluster_size": (2, max(2, n // 2)), "min_samples": (1, max(1, n // 2))}


HDBSCAN_CLUSTERING = Clustering(
    name="hdbscan",
    label="HDBSCAN",
    help=(
        "Finds dense places by itself, of any shape and number; points between them are noise "
        "(Campello et al. 2013)."
    ),
    params=HDBSCANParams,
    uses_seed=False,
    reduce_to=50,
    limits=_limits,
    most_points=lambda d: math.isqrt(int(_MOST_WORK / (d + 5))),
    find=_find,
)
