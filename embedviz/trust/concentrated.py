"""Distances that concentrate: in many dimensions the nearest point is hardly nearer than the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked, vectors_in
from embedviz.errors import InvalidParameterError
from embedviz.space import EmbeddingSpace
from embedviz.trust.nearness import Matrix
from embedviz.word_model import WordModel

_MOST_POINTS = 4_000
"""Their pairs are all held at once: 8 million distances, 64 MB."""


@dataclass(frozen=True, eq=False)
class Concentration:
    """How different the distances between points are.

    Attributes
    ----------
    distances : ndarray of shape (n · (n − 1) / 2,), float64
        Straight-line distances of all pairs, in the order of SciPy's ``pdist``.
    mean, std : float
        Of these distances.
    spread : float
        ``std / mean``: 0 where all points are equally far from each other. For gaussian points of
        d dimensions it is about 1 / √(2d).
    contrast : float
        ``(Dmax − Dmin) / Dmin``, farthest against nearest as seen from one point: the median over
        all points that have no copy (Beyer et al. 1999). It falls to 0 as distances concentrate.
    chavez : float
        ``mean² / (2 std²)``, the intrinsic dimensionality of Chávez et al. (2001): about d for
        gaussian points of d dimensions. Infinite where all distances are equal.
    n, d : int
        Points, and the dimensions they were measured in.
    """

    distances: Matrix
    mean: float
    std: float
    spread: float
    contrast: float
    chavez: float
    n: int
    d: int


@checked
def concentration(points: EmbeddingSpace | WordModel | NDArray[Any]) -> Concentration:
    """Measure all pairwise distances of ``points``, of shape (n, d).

    Raises InvalidParameterError for fewer than 3 or more than 4,000 points, for numbers that are
    not finite, and for points that all lie in one place.

    References: Beyer, Goldstein, Ramakrishnan & Shaft 1999, "When is nearest neighbor
    meaningful?"; Chávez, Navarro, Baeza-Yates & Marroquín 2001, "Searching in metric spaces".
    """
    from scipy.spatial.distance import squareform

    values = _checked(vectors_in("points", points))
    distances = pairwise_distances(values)
    mean, std = float(distances.mean()), float(distances.std())
    if mean == 0:
        raise InvalidParameterError(
            f"All {len(values):,} points lie in one place: there are no distances to compare."
        )
    chavez = mean**2 / (2 * std**2) if std > 1e-12 * mean else float("inf")
    return Concentration(
        distances, mean, std, std / mean, _contrast(squareform(distances)), chavez, *values.shape
    )


def expected_spread(distribution: str, d: int) -> float:
    """What ``std / mean`` of the distances tends to for random points of many dimensions.

    1 / √(2d) for ``"gaussian"`` points and √(7 / (20 d)) for ``"uniform"`` ones: the squares of d
    independent differences add up, so that their mean grows with d and their deviation with √d.

    Raises InvalidParameterError for another distribution.
    """
    shares = {"gaussian": 1 / 2, "uniform": 7 / 20}
    if distribution not in shares or d < 1:
        raise InvalidParameterError(
            f"{distribution!r} points of {d!r} dimensions: the spread is known for "
            f"{' and '.join(map(repr, shares))} points of 1 dimension or more."
        )
    return float(np.sqrt(shares[distribution] / d))


def pairwise_distances(points: NDArray[Any]) -> Matrix:
    """Straight-line distances of all pairs of ``points`` (n, d), as SciPy's ``pdist`` orders them.

    By one matrix product around the mean: many times faster for many dimensions.
    """
    centered = np.asarray(points, np.float64) - np.mean(points, axis=0, dtype=np.float64)
    lengths = np.einsum("ij,ij->i", centered, centered)
    squares = centered @ centered.T
    squares *= -2
    squares += lengths
    squares += lengths[:, None]
    first, second = np.triu_indices(len(centered), 1)
    found = squares[first, second]
    # Of copies the product leaves the rounding of two large numbers: no distance, but not 0.
    close = found < 1e-9 * (lengths[first] + lengths[second])
    difference = centered[first[close]] - centered[second[close]]
    found[close] = np.einsum("ij,ij->i", difference, difference)
    return np.asarray(np.sqrt(found))


def _checked(points: NDArray[Any]) -> Matrix:
    values = np.asarray(points, np.float64)
    if values.ndim != 2 or not 3 <= len(values) <= _MOST_POINTS or not values.shape[1]:
        raise InvalidParameterError(
            f"Points of shape {values.shape}: distances are compared among 3 to {_MOST_POINTS:,} "
            "points of one or more dimensions. Take a sample of more."
        )
    if not np.isfinite(values).all():
        raise InvalidParameterError("Some coordinates are not finite numbers. Leave them out.")
    return values


def _contrast(between: Matrix) -> float:
    np.fill_diagonal(between, np.nan)
    nearest, farthest = np.nanmin(between, axis=1), np.nanmax(between, axis=1)
    apart = nearest > 0
    if not apart.any():
        return float("inf")
    return float(np.median((farthest[apart] - nearest[apart]) / nearest[apart]))
