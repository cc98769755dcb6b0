"""The Shepard diagram: distances on the map against distances in the full space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked
from embedviz.errors import InvalidParameterError
from embedviz.metrics import EUCLIDEAN, Metric, metric_named
from embedviz.projections.checks import check_seed
from embedviz.projections.projection import Projection
from embedviz.space import EmbeddingSpace
from embedviz.trust.checks import check_same_points

Distances = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shepard:
    """Distances of the same pairs in the full space and on the map (Shepard 1962).

    Attributes
    ----------
    full, drawn : ndarray of shape (p,), float64
        For angles (cosine, correlation) ``full`` is 1 − the similarity, for other similarities the
        negative.
    spearman, pearson : float
        1 if the map keeps the order, or the proportions, of all distances; NaN where all are equal.
    pairs : ndarray of shape (p, 2), intp
        Which two rows each distance is between.
    of : int
        How many pairs there are in all; p of them were drawn at random if p is less.
    metric : str
    """

    full: Distances
    drawn: Distances
    spearman: float
    pearson: float
    pairs: NDArray[np.intp]
    of: int
    metric: str


@checked
def shepard(
    space: EmbeddingSpace,
    projection: Projection,
    pairs: int = 20_000,
    seed: int = 0,
    metric: str | None = None,
) -> Shepard:
    """Distances of ``pairs`` random pairs of different points; all pairs if there are no more.

    Raises InvalidParameterError if the map is of other points, has fewer than 2, or ``pairs``,
    the seed or the metric is not possible.
    """
    used = projection.metric if metric is None else metric
    check_same_points(space, projection)
    measure = metric_named(used)
    if isinstance(pairs, bool) or not isinstance(pairs, int | np.integer) or pairs < 2:
        raise InvalidParameterError(f"pairs={pairs!r} must be a whole number, 2 or more.")
    n = len(space)
    if n < 3:
        raise InvalidParameterError(f"{n} points have no distances to compare. Map 3 or more.")
    check_seed(seed)
    chosen = _pairs(n, int(pairs), seed)
    full = _distances(space.vectors, chosen, measure)
    drawn = _distances(projection.coordinates, chosen, EUCLIDEAN)
    return Shepard(
        full, drawn, _correlation(_ranks(full), _ranks(drawn)), _correlation(full, drawn),
        chosen, n * (n - 1) // 2, used,
    )  # fmt: skip


def _pairs(n: int, count: int, seed: int) -> NDArray[np.intp]:
    if n * (n - 1) // 2 <= count:
        return np.stack(np.triu_indices(n, 1), axis=1)
    rng = np.random.default_rng(seed)
    first = rng.integers(0, n, count)
    # One of the n − 1 others, each as likely.
    second = (first + rng.integers(1, n, count)) % n
    return np.stack([first, second], axis=1).astype(np.intp)


def _distances(vectors: NDArray[np.float32], pairs: NDArray[np.intp], measure: Metric) -> Distances:
    found = np.empty(len(pairs))
    for start in range(0, len(pairs), step := max(1, 1_000_000 // vectors.shape[1])):
        part = pairs[start : start + step]
        first, second = (vectors[part[:, side]].astype(np.float64) for side in (0, 1))
        found[start : start + step] = _between(first, second, measure)
    return found


def _between(first: Distances, second: Distances, measure: Metric) -> Distances:
    if measure.form is None:
        pairs = zip(first, second, strict=True)
        scores = np.array([measure.between(one, other[None])[0] for one, other in pairs])
        return scores if measure.is_distance else -scores
    if measure.form == "straight line":
        return np.asarray(np.linalg.norm(first - second, axis=1))
    first, second = measure.centered(first), measure.centered(second)
    products = np.asarray(np.einsum("ij,ij->i", first, second))
    if measure.form == "product":
        return np.asarray(-products)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.asarray(1 - np.divide(products, lengths, out=products * 0, where=lengths > 0))


def _ranks(values: Distances) -> Distances:
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), np.float64)


def _correlation(first: Distances, second: Distances) -> float:
    a, b = first - first.mean(), second - second.mean()
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths > 0 else float("nan")
