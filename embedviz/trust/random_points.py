"""Random points of any number of dimensions, and real vectors with dimensions taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.trust.nearness import Matrix

DISTRIBUTIONS: dict[str, Callable[[np.random.Generator, tuple[int, int]], Matrix]] = {
    "gaussian": lambda rng, shape: rng.normal(size=shape),
    "uniform": lambda rng, shape: rng.uniform(size=shape),
}
"""Each coordinate by itself: normal with mean 0 and deviation 1, or even between 0 and 1."""

REDUCTIONS = ("principal", "random")
_MOST_NUMBERS = 10_000_000


def random_points(distribution: str, n: int, d: int, seed: int = 0) -> Matrix:
    """``n`` points of ``d`` independent coordinates, of shape (n, d), float64.

    Raises InvalidParameterError for a distribution that is not in :data:`DISTRIBUTIONS`, or n or
    d that are not possible.
    """
    if distribution not in DISTRIBUTIONS:
        raise InvalidParameterError(
            f"There is no distribution {distribution!r}. "
            f"Distributions: {', '.join(map(repr, DISTRIBUTIONS))}."
        )
    if n < 1 or d < 1 or n * d > _MOST_NUMBERS:
        raise InvalidParameterError(
            f"{n!r} points of {d!r} dimensions: at least 1 of each, and at most "
            f"{_MOST_NUMBERS:,} numbers in all."
        )
    return DISTRIBUTIONS[distribution](np.random.default_rng(seed), (n, d))


def with_dimensions(vectors: NDArray[Any], d: int, how: str = "principal", seed: int = 0) -> Matrix:
    """``vectors`` (n, D) in ``d`` of their dimensions, of shape (n, d), float64.

    Parameters
    ----------
    d : int
        1 to D.
    how : str
        ``"principal"``: their coordinates on the first d principal components; ``"random"``: d of
        their own coordinates, drawn by ``seed``; coordinates in which all vectors are alike come
        last. With d = D both keep every distance.

    Raises
    ------
    InvalidParameterError
        If d is not from 1 to D, or ``how`` is unknown.
    """
    most = vectors.shape[1]
    if not 1 <= d <= most:
        raise InvalidParameterError(
            f"d={d!r} of {most:,} dimensions: it must be a whole number from 1 to {most:,}."
        )
    if how == "random":
        drawn = np.random.default_rng(seed).permutation(most)
        differ = np.ptp(vectors, axis=0)[drawn] > 0
        chosen = np.concatenate([drawn[differ], drawn[~differ]])[:d]
        return np.asarray(vectors[:, np.sort(chosen)], np.float64)
    if how != "principal":
        raise InvalidParameterError(
            f"There is no way {how!r} to take dimensions away. "
            f"Ways: {', '.join(map(repr, REDUCTIONS))}."
        )
    return principal_coordinates(vectors)[:, :d]


def principal_coordinates(vectors: NDArray[Any]) -> Matrix:
    """``vectors`` (n, d) turned to their principal axes, largest variance first: (n, d), float64."""
    centered = np.asarray(vectors, np.float64) - np.mean(vectors, axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centered.T @ centered)
    return np.asarray(centered @ axes[:, ::-1])
