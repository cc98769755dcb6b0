"""What cannot be measured, said before the work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.metrics import metric_named
from embedviz.projections.projection import Projection
from embedviz.space import EmbeddingSpace


def check_same_points(space: EmbeddingSpace, projection: Projection) -> None:
    """Raise InvalidParameterError unless the map shows this space's points in this order."""
    if projection.keys is not space.keys and projection.keys != space.keys:
        raise InvalidParameterError(
            f"The map shows {len(projection.keys):,} points, which are not the {len(space):,} of "
            "this space in this order. Measure it against the space that it was made from."
        )


def check_k(k: object, n: int) -> None:
    """Raise InvalidParameterError unless k is a whole number below half of n."""
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k < n / 2:
        most = (n - 1) // 2
        allowed = f"Allowed here: 1 to {most}." if most else "Measure a map of 3 points or more."
        raise InvalidParameterError(
            f"k={k!r} must be a whole number below half of the {n:,} points. {allowed}"
        )


def check_neighbors(k: object, n: int) -> None:
    """Raise InvalidParameterError unless k is a whole number from 1 to n − 1."""
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k < n:
        allowed = f"Allowed here: 1 to {n - 1:,}." if n > 1 else "Give 2 points or more."
        raise InvalidParameterError(
            f"k={k!r} neighbors of {n:,} points: it must be a whole number. {allowed}"
        )


def check_measurable(
    space: EmbeddingSpace,
    projection: Projection,
    k: object,
    metric: str,
    parts: Sequence[str],
    known: Sequence[str],
) -> None:
    """All of the above, and that every part is known."""
    check_same_points(space, projection)
    metric_named(metric)
    check_k(k, len(space))
    unknown = [part for part in parts if part not in known]
    if unknown or not parts or isinstance(parts, str):
        raise InvalidParameterError(
            f"parts={parts!r} must name some of {', '.join(map(repr, known))}."
        )
