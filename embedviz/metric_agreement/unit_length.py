"""A space without lengths: every vector divided by its own."""

from __future__ import annotations

import numpy as np

from embedviz.space import EmbeddingSpace


def unit_space(space: EmbeddingSpace) -> EmbeddingSpace:
    """The space with every vector at length 1.

    Then ‖a − b‖² = 2 − 2 cos(a, b) and a · b = cos(a, b): the three metrics give one ranking. A
    vector of length 0 has no direction and is left out with its key.
    """
    has_direction = np.flatnonzero(space.norms > 0)
    kept = space if len(has_direction) == len(space) else space.take(has_direction)
    lengths = np.linalg.norm(kept.vectors.astype(np.float64), axis=1, keepdims=True)
    table = kept.table
    return EmbeddingSpace(
        kept.keys,
        (kept.vectors / lengths).astype(np.float32),
        table if len(table.columns) else None,
        kept.name,
        kept.origin | {"unit_length": True},
        copy=False,
    )
