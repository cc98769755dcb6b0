"""The k nearest neighbors of points, exact and in a fixed order."""

from __future__ import annotations

import numpy as np

from embedviz.progress import Cancel, OnProgress
from embedviz.trust.blocks import by_blocks
from embedviz.trust.nearness import Nearness, Rows
from embedviz.trust.ranking import RankedBlock


def nearest_rows(
    nearness: Nearness,
    k: int,
    rows: Rows | None = None,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Rows:
    """The k nearest others of each of ``rows`` (None: of all), nearest first: of shape (r, k)."""
    n = len(nearness)
    asked = np.arange(n, dtype=np.intp) if rows is None else rows
    found = by_blocks(
        asked,
        n,
        lambda part: RankedBlock(nearness, part).nearest(k),
        "The search for neighbors",
        on_progress,
        cancel,
    )
    return np.concatenate(found)
