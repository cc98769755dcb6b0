"""Where on a map the name of a group belongs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.groups.clusters import Clusters
from embedviz.projections.projection import Projection

_LOOKED_AT = 1_000


def label_places(projection: Projection, clusters: Clusters) -> NDArray[np.float32]:
    """A point of each group that lies where the group is densest on the map.

    It is the point whose nearest quarter of the group is nearest on average: never between the
    parts of a torn group, as a mean would be. Of a large group 1,000 evenly spaced points are
    looked at.

    Returns
    -------
    ndarray of shape (n_groups, c), float32

    Raises
    ------
    InvalidParameterError
        If the map shows another number of points than were grouped.
    """
    if len(projection.coordinates) != len(clusters):
        raise InvalidParameterError(
            f"Groups of {len(clusters):,} points do not fit a map of "
            f"{len(projection.coordinates):,}. Give the map of the points that were grouped."
        )
    places = np.empty((clusters.n_groups, projection.n_components), np.float32)
    for group in range(clusters.n_groups):
        rows = clusters.rows(group)
        if len(rows) > _LOOKED_AT:
            rows = rows[np.linspace(0, len(rows) - 1, _LOOKED_AT).astype(np.intp)]
        places[group] = _densest(projection.coordinates[rows])
    return places


def _densest(points: NDArray[np.float32]) -> NDArray[np.float32]:
    distances = np.zeros((len(points), len(points)))
    for column in points.T.astype(np.float64):
        distances += np.square(column[:, None] - column)
    quarter = max(1, len(points) // 4)
    if quarter < len(points):
        distances = np.partition(distances, quarter, axis=1)[:, : quarter + 1]
    densest: NDArray[np.float32] = points[int(np.sqrt(distances).mean(axis=1).argmin())]
    return densest
