"""What a map did to one point: neighbors torn away, and strangers drawn near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.arguments import checked
from embedviz.metrics import metric_named
from embedviz.projections.projection import Projection
from embedviz.space import EmbeddingSpace
from embedviz.trust.checks import check_k, check_same_points
from embedviz.trust.nearness import Rows
from embedviz.trust.ranking import Ranking, Ranks


@dataclass(frozen=True, eq=False)
class Torn:
    """True neighbors of a point that are not among its nearest on the map.

    Attributes
    ----------
    key, k : str, int
        The point, and how many neighbors count as near.
    keys, rows : tuple of str, ndarray of shape (m,), intp
        The neighbors torn away, nearest in the full space first.
    ranks_on_map : ndarray of shape (m,), int64
        Their ranks on the map, from 1: all above k.
    kept : int
        How many of the k stayed near.
    """

    key: str
    k: int
    keys: tuple[str, ...]
    rows: Rows
    ranks_on_map: Ranks
    kept: int


@dataclass(frozen=True, eq=False)
class FalseNeighbors:
    """Points that the map draws among a point's nearest, and that are not in the full space.

    Attributes
    ----------
    key, k : str, int
    keys, rows : tuple of str, ndarray of shape (m,), intp
        The strangers, nearest on the map first.
    ranks_in_space : ndarray of shape (m,), int64
        Their ranks in the full space, from 1: all above k.
    """

    key: str
    k: int
    keys: tuple[str, ...]
    rows: Rows
    ranks_in_space: Ranks


@checked
def torn(
    space: EmbeddingSpace,
    projection: Projection,
    key: str,
    k: int = 15,
    metric: str | None = None,
) -> Torn:
    """The true neighbors of ``key`` that the map does not show near it.

    Ties are as in :func:`~embedviz.trust.quality`: of points equally far in the full space those
    count that lie best on the map.

    Raises UnknownKeyError, and InvalidParameterError as :func:`~embedviz.trust.quality` does.
    """
    full, drawn, row = _asked(space, projection, key, k, metric)
    rows, ranks = _beyond(full, drawn, row, k)
    keys = tuple(space.keys[other] for other in rows)
    return Torn(key, int(k), keys, rows, ranks, int(k) - len(rows))


def false_neighbors(
    space: EmbeddingSpace,
    projection: Projection,
    key: str,
    k: int = 15,
    metric: str | None = None,
) -> FalseNeighbors:
    """The points that the map draws near ``key`` though others are nearer in the full space.

    Of points that tie on the map those count that are nearest in the full space.

    Raises UnknownKeyError, and InvalidParameterError as :func:`~embedviz.trust.quality` does.
    """
    full, drawn, row = _asked(space, projection, key, k, metric)
    rows, ranks = _beyond(drawn, full, row, k)
    return FalseNeighbors(key, int(k), tuple(space.keys[other] for other in rows), rows, ranks)


def _asked(
    space: EmbeddingSpace, projection: Projection, key: str, k: int, metric: str | None
) -> tuple[Ranking, Ranking, int]:
    used = projection.metric if metric is None else metric
    check_same_points(space, projection)
    metric_named(used)
    check_k(k, len(space))
    full = Ranking.of_space(space.vectors, used)
    return full, Ranking.of_map(projection.coordinates), space.index(key)


def _beyond(here: Ranking, there: Ranking, row: int, k: int) -> tuple[Rows, Ranks]:
    """Of the k nearest ``here``, those beyond the k nearest ``there``, with ranks there."""
    viewer = np.array([row], np.intp)
    block = here.seen_from(viewer)
    near = block.nearest(k)
    rows, source = here.places.members(near.place)
    rows, source = rows[rows != row], source[rows != row]
    other, zeros = there.seen_from(viewer), np.zeros(len(rows), np.intp)
    ranks = other.ranks(zeros, there.places.of[rows])
    exact, last = block.exact(near.line, near.place)[source], near.last[source]
    # The nearer ones all count; of those that tie at the end the ones nearest there.
    chosen = np.lexsort((rows, np.where(last, ranks, 0), exact))[:k]
    rows, ranks = rows[chosen], ranks[chosen]
    return rows[ranks > k], ranks[ranks > k]
