"""What every projection asks of its data before it starts."""

from __future__ import annotations

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.metrics import EUCLIDEAN, metric_named
from embedviz.projections.base import MAX_SEED, ProjectionMethod
from embedviz.space import EmbeddingSpace

# Squared and summed, entries beyond this overflow (or vanish) in float32.
_GREATEST_SPREAD = 1e15


def check_seed(seed: object) -> None:
    """Raise InvalidParameterError unless ``seed`` is one that every library takes."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise InvalidParameterError(
            f"seed={seed!r} is not allowed. Give an integer from 0 to {MAX_SEED:,}."
        )


def check_size(space: EmbeddingSpace, method: ProjectionMethod, instead: str = "") -> None:
    """Raise InvalidParameterError where there is nothing to draw; ``instead`` takes fewer points."""
    if len(space) < method.least_points:
        raise InvalidParameterError(
            f"{method.label} needs at least {method.least_points} points, got {len(space)}. "
            "Choose more points" + (f", or use {instead}." if instead else ".")
        )
    spread = float((space.vectors.max(axis=0) - space.vectors.min(axis=0)).max())
    if spread == 0:
        raise InvalidParameterError(
            f"{method.label}: all {len(space):,} vectors are the same, so there is nothing to "
            "spread out. Choose points that differ."
        )
    if not 1 / _GREATEST_SPREAD <= spread <= _GREATEST_SPREAD:
        raise InvalidParameterError(
            f"{method.label}: entries spread over {spread:.3g}; squares of such numbers do not fit "
            f"in float32. Scale the vectors to between {1 / _GREATEST_SPREAD:g} and "
            f"{_GREATEST_SPREAD:g}."
        )


def check_components(space: EmbeddingSpace, method: ProjectionMethod, n_components: object) -> None:
    """Raise InvalidParameterError unless the method can draw this in ``n_components``."""
    n, d = len(space), space.dimensions
    low, high = method.components(n, d)
    whole = isinstance(n_components, int) and not isinstance(n_components, bool)
    if not whole or not low <= n_components <= high:  # type: ignore[operator]
        allowed = f"{low} to {high}" if low < high else str(low)
        raise InvalidParameterError(
            f"{method.label}: n_components={n_components!r} does not fit "
            f"{n:,} points of {d} dimensions. "
            + (f"Allowed here: {allowed}." if low <= high else "Choose more points.")
        )


def check_directions(space: EmbeddingSpace, metric: str, what: str) -> None:
    """Raise InvalidParameterError for vectors that have no direction where only that counts."""
    measure = metric_named(metric)
    lost = measure.without_direction(space.vectors)
    if measure.form == "angle":
        lost |= space.norms == 0  # also so short that float32 cannot hold their squares
    if lost.any():
        raise InvalidParameterError(
            f"{what}: {int(lost.sum()):,} of {len(space):,} vectors {measure.lack}, the first is "
            f"{space.keys[int(np.argmax(lost))]!r}; they have no direction, and {metric} compares "
            f"directions. Leave them out, or compare {EUCLIDEAN.adjective} ({EUCLIDEAN.name}) "
            "distances."
        )
