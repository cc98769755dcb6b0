"""What of a known truth survives on a map: the same measure taken of the data and of the map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.projections.projection import Projection
from embedviz.trust.known_shapes import Labels, ShapeData
from embedviz.trust.nearness import Matrix

_REFERENCES = 8
_NEAR = 5
_TOLERANCE = 0.1
_GAP = 5.0  # in median edges of a group's spanning tree: an edge so long leads to another piece


@dataclass(frozen=True)
class Survived:
    """One measure.

    Attributes
    ----------
    measure : str
        Its name in :data:`MEASURES`.
    truth, on_map : float
        Its value in the data and on the map: alike if the map tells it.
    """

    measure: str
    truth: float
    on_map: float

    @property
    def told(self) -> bool:
        """Whether the map says what is true, to a tenth of it (of 1, where it is smaller)."""
        return abs(self.on_map - self.truth) <= _TOLERANCE * max(1.0, abs(self.truth))


def survived(data: ShapeData, projection: Projection) -> tuple[Survived, ...]:
    """Every measure of this shape, in the data and on its map.

    Raises InvalidParameterError if the map has other points.
    """
    if projection.keys != data.space.keys:
        raise InvalidParameterError(
            f"The map shows {len(projection.keys):,} points, which are not those of "
            f"{data.shape.name!r}. Measure it against the data that it was made from."
        )
    return tuple(
        Survived(
            name, MEASURES[name](data.space.vectors, data.labels),
            MEASURES[name](projection.coordinates, data.labels),
        ) for name in data.shape.measures
    )  # fmt: skip


def together(points: NDArray[Any], labels: Labels) -> float:
    """How much of a group is in one piece: the share of its points that the largest piece holds.

    Of several groups the least; 1 where each group is whole, a half where one is in two shreds of
    the same size. Pieces are the connected parts of the group's minimum spanning tree after its
    long edges are cut, those above five times its median edge, so that no unit counts. They are
    the clusters of single linkage at that distance (Gower & Ross 1969); cutting edges that are long
    for their place is Zahn's (1971) way to see what an eye sees as separate.

    Whether points of other groups lie between does not count: see :func:`unmixed`.
    """
    return min(_largest_piece(points[labels == group]) for group in np.unique(labels))


def unmixed(points: NDArray[Any], labels: Labels) -> float:
    """The share of points whose nearest other point is of their own group."""
    return float((labels[_nearest(points)[1]] == labels).mean())


def spread_ratio(points: NDArray[Any], labels: Labels) -> float:
    """How much wider group 1 is than group 0: of root mean square distances to the center."""
    return _radius(points, labels == 1) / max(_radius(points, labels == 0), 1e-12)


def distance_ratio(points: NDArray[Any], labels: Labels) -> float:
    """From the center of group 1 to that of group 2, in distances from group 0 to group 1."""
    zero, one, two = (np.mean(points[labels == group], axis=0) for group in range(3))
    near = float(np.linalg.norm(np.subtract(one, zero)))
    return float(np.linalg.norm(np.subtract(two, one))) / max(near, 1e-12)


def clumping(points: NDArray[Any], labels: Labels) -> float:  # noqa: ARG001 - as every measure
    """How much nearer the nearest neighbor is than in gaussian noise of the same extent.

    1: no clumps; above 1: clumps. The idea of Clark & Evans (1954), for a cloud without a border:
    the expected distance is the mean of some clouds drawn with the same covariance.
    """
    values = np.asarray(points, np.float64)
    rng = np.random.default_rng(0)
    variances, axes = np.linalg.eigh(np.atleast_2d(np.cov(values.T)))
    spread = axes * np.sqrt(np.maximum(variances, 0))
    drawn = [
        float(_nearest(rng.normal(size=values.shape) @ spread.T)[0].mean())
        for _ in range(_REFERENCES)
    ]
    return float(np.mean(drawn)) / max(float(_nearest(values)[0].mean()), 1e-12)


def order(points: NDArray[Any], labels: Labels) -> float:
    """Whether distance from one end of a path still tells the place along it: Spearman's ρ.

    ``labels`` are the points' places along the path.
    """
    from scipy.stats import spearmanr

    ordered = np.asarray(points, np.float64)[np.argsort(labels)]
    away = np.linalg.norm(ordered - ordered[0], axis=1)
    return float(spearmanr(away, np.arange(len(away))).statistic)


def tears(points: NDArray[Any], labels: Labels) -> float:
    """In how many places a path is torn: its next point is not among a point's five nearest."""
    return float(_torn_steps(np.asarray(points)[np.argsort(labels)], closed=False))


def ring_tears(points: NDArray[Any], labels: Labels) -> float:
    """The same for closed rings; each group is one ring, its points in order."""
    rings = (np.asarray(points)[labels == group] for group in np.unique(labels))
    return float(sum(_torn_steps(ring, closed=True) for ring in rings))


MEASURES: dict[str, Callable[[NDArray[Any], Labels], float]] = {
    measure.__name__: measure
    for measure in (
        together,
        unmixed,
        spread_ratio,
        distance_ratio,
        clumping,
        order,
        tears,
        ring_tears,
    )
}
"""By name; each takes points (n, d), of the data or of a map, and their labels (n,)."""


def _largest_piece(points: NDArray[Any]) -> float:
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(points) < 3:
        return 1.0
    merges = linkage(np.asarray(points, np.float64), "single")  # their heights are the tree's edges
    pieces = fcluster(merges, _GAP * float(np.median(merges[:, 2])), "distance")
    return float(np.bincount(pieces).max() / len(points))


def _radius(points: NDArray[Any], group: NDArray[np.bool_]) -> float:
    inside = np.asarray(points[group], np.float64)
    return float(np.sqrt(np.square(inside - inside.mean(axis=0)).sum(axis=1).mean()))


def _torn_steps(path: NDArray[Any], closed: bool) -> int:
    from scipy.spatial import cKDTree

    places = np.asarray(path, np.float64)
    near = cKDTree(places).query(places, _NEAR + 1)[1]
    following = np.roll(np.arange(len(places)), -1)
    kept = (near == following[:, None]).any(axis=1)
    return int((~kept if closed else ~kept[:-1]).sum())


def _nearest(points: NDArray[Any]) -> tuple[Matrix, NDArray[np.intp]]:
    """The distance to each point's nearest other, and which it is, of shape (n,)."""
    from scipy.spatial import cKDTree

    distances, found = cKDTree(np.asarray(points, np.float64)).query(points, 2)
    # Of copies the tree may name the point itself second.
    column = np.where(found[:, 1] == np.arange(len(found)), 0, 1)
    rows = np.arange(len(found))
    return distances[rows, column], found[rows, column]
