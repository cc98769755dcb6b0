"""The best match of images among the others of their collection, copies left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.images.same_content import content_ids
from embedviz.indexes import index_of
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]

_QUERIES_AT_ONCE = 128


@dataclass(frozen=True, eq=False)
class BestMatches:
    """For each image asked for, the row of its best match and its score, both of shape (q,)."""

    rows: Rows
    scores: Scores


def best_matches(
    space: EmbeddingSpace,
    rows: Rows,
    metric: str,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> BestMatches:
    """The best match of each of ``rows`` (q,), exactly; there must be two different contents."""
    contents = content_ids(space)
    # Its copies, itself among them, can take so many places; the next one is another's.
    taken = np.bincount(contents, minlength=len(space))[contents[rows]]
    found = BestMatches(np.empty(rows.size, np.intp), np.empty(rows.size))
    done = 0
    for part in _alike(taken):
        stop_if(cancel, "Looking up what is normal here")
        near, scores = index_of(space).search(
            space.vectors[rows[part]], int(taken[part[0]]) + 1, metric, cancel=cancel
        )
        others = contents[near] != contents[rows[part]][:, None]
        first = np.arange(part.size), others.argmax(axis=1)
        found.rows[part], found.scores[part] = near[first], scores[first]
        done += part.size
        report(on_progress, done / rows.size, f"best matches of {done:,} of {rows.size:,} images")
    return found


def _alike(taken: Rows) -> list[Rows]:
    """Places with the same number in ``taken``, so many as are searched for at once."""
    parts = []
    for number in np.unique(taken):
        places = np.flatnonzero(taken == number)
        parts += np.split(places, range(_QUERIES_AT_ONCE, places.size, _QUERIES_AT_ONCE))
    return parts
