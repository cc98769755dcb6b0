"""The k nearest neighbors of points, exact and in a fixed order."""

from __future__ import annotations

import numpy as np

from embedviz.progress import Cancel, OnProgress
from embedviz.trust.blocks import by_blocks
from embedviz.trust.nearness import Rows
from embedviz.trust.ranking import Ranking


def nearest_rows(
    ranking: Ranking,
    k: int,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Rows:
    """The k nearest others of each of n points, nearest first, equally near ones by row: (n, k)."""
    places = ranking.places
    nearest = by_blocks(
        np.arange(len(places)),
        len(places),
        lambda part: _of_places(ranking, part, k),
        "The search for neighbors",
        on_progress,
        cancel,
    )
    found = np.concatenate(nearest)[places.of]
    # All points of a place have these k + 1 in common: each leaves itself out, or the last.
    others = found != np.arange(len(found))[:, None]
    others[others.all(axis=1), -1] = False
    return np.asarray(found[others].reshape(len(found), k), np.intp)


def _of_places(ranking: Ranking, places: Rows, k: int) -> Rows:
    """The first k + 1 points as seen from these places, those of the place itself included."""
    block = ranking.seen_from(ranking.places.first[places])
    near = block.nearest(k)
    rows, source = ranking.places.members(near.place, k + 1)
    line, exact = near.line[source], block.exact(near.line, near.place)[source]
    # Where a place's own points are not among them there are k: one more that is none.
    every = np.arange(len(places))
    rows = np.concatenate([rows, np.full(len(places), -1)])
    line, exact = np.concatenate([line, every]), np.append(exact, np.full(len(places), np.inf))
    order = np.lexsort((rows, exact, line))
    starts = np.searchsorted(line[order], every)
    return np.asarray(rows[order][starts[:, None] + np.arange(k + 1)])
