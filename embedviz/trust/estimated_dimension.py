"""Intrinsic dimension: how many numbers the data really need, whatever space they lie in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked, vectors_in
from embedviz.errors import InvalidParameterError
from embedviz.product_threads import one_product_thread
from embedviz.space import EmbeddingSpace
from embedviz.trust.nearness import Matrix
from embedviz.word_model import WordModel

_LEAST_POINTS = 20
_BLOCK = 512


@dataclass(frozen=True)
class IntrinsicDimension:
    """Two estimates from the distances to the nearest neighbors.

    Attributes
    ----------
    two_nn : float
        From the ratio of the second nearest distance to the nearest (Facco et al. 2017).
    maximum_likelihood : float
        From the k nearest (Levina & Bickel 2004), inverses averaged as MacKay & Ghahramani (2005)
        correct it.
    k : int
        Of the second estimate.
    n : int
        Distinct points that were measured.
    dimensions : int
        What the space itself has.
    """

    two_nn: float
    maximum_likelihood: float
    k: int
    n: int
    dimensions: int


@checked
def intrinsic_dimension(
    vectors: EmbeddingSpace | WordModel | NDArray[Any], k: int = 10
) -> IntrinsicDimension:
    """Estimate from straight-line distances; ``vectors`` of shape (n, d), copies count once.

    Both assume that near a point the density hardly changes, and both say too little where the
    dimension is above some 20 and the points are few. The time grows with n².

    Raises InvalidParameterError for fewer than 20 distinct points, for numbers that are not
    finite, and for a k that is not from 3 to n − 1.
    """
    values = np.asarray(vectors_in("vectors", vectors), np.float64)
    if values.ndim != 2 or not np.isfinite(values).all():
        raise InvalidParameterError("Vectors must be rows of finite numbers, of shape (n, d).")
    distinct = np.unique(values, axis=0)
    if len(distinct) < _LEAST_POINTS:
        raise InvalidParameterError(
            f"{len(distinct):,} distinct points are too few to estimate their dimension. "
            f"Give {_LEAST_POINTS} or more."
        )
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 3 <= k < len(distinct):
        raise InvalidParameterError(
            f"k={k!r} neighbors must be a whole number from 3 to {len(distinct) - 1:,}."
        )
    near = _nearest_distances(distinct / np.abs(distinct).max(), int(k))
    return IntrinsicDimension(
        two_nn(near[:, 0], near[:, 1]), _likely(near), int(k), len(distinct), values.shape[1]
    )


def two_nn(nearest: Matrix, second: Matrix, discard: float = 0.1) -> float:
    """The slope of −log(1 − F) over log μ through the origin, where μ = second / nearest.

    Parameters
    ----------
    nearest, second : ndarray of shape (n,)
        Each point's distances to its two nearest neighbors, above 0.
    discard : float
        The share of the largest ratios left out, as in the paper.

    Returns
    -------
    float
        The dimension; infinite where all ratios are 1 (a regular grid).
    """
    ratios = np.log(np.sort(second / nearest))
    empirical = np.arange(len(ratios)) / len(ratios)
    kept = max(2, int(len(ratios) * (1 - discard)))
    x, y = ratios[:kept], -np.log1p(-empirical[:kept])
    squares = float(x @ x)
    return float(x @ y) / squares if squares > 0 else float("inf")


def _likely(near: Matrix) -> float:
    """Levina–Bickel: the mean log ratio of the k-th distance to the nearer ones, inverted."""
    # By k − 1, not the k − 2 of a single point's estimate: a mean of inverses has no bias to mend.
    mean = float(np.log(near[:, -1:] / near[:, :-1]).mean())
    return 1 / mean if mean > 0 else float("inf")


def _nearest_distances(points: Matrix, k: int) -> Matrix:
    """The distances to the k nearest others of distinct points (n, d), ascending: (n, k)."""
    centered = points - points.mean(axis=0)
    lengths = np.einsum("ij,ij->i", centered, centered)
    found = np.empty((len(points), k))
    with one_product_thread():
        for start in range(0, len(points), _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, len(points)))
            squares = lengths[rows, None] + lengths - 2 * (centered[rows] @ centered.T)
            squares[np.arange(len(rows)), rows] = np.inf
            near = np.argpartition(squares, k - 1, axis=1)[:, :k]
            # Once more by differences: the product loses the digits of points that are close.
            apart = centered[rows][:, None, :] - centered[near]
            found[rows] = np.sort(np.sqrt(np.einsum("ijk,ijk->ij", apart, apart)), axis=1)
    # Distinct, and yet so close that the square of their distance is 0.
    return found[found[:, 0] > 0]
