"""How far apart an encoding puts its categories."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError


def pairwise_distances(vectors: ArrayLike) -> NDArray[np.float64]:
    """Euclidean distance between every two rows of ``vectors`` (k, d): shape (k, k).

    From differences, not from products: exact where rows are equal. Raises
    InvalidParameterError if ``vectors`` is not two-dimensional or not finite.
    """
    rows = np.asarray(vectors, dtype=np.float64)
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise InvalidParameterError(
            f"Distances need finite vectors of shape (k, d); got shape {rows.shape}"
            f"{'' if np.isfinite(rows).all() else ' with values that are not finite'}."
        )
    return np.asarray(np.linalg.norm(rows[:, None, :] - rows[None, :, :], axis=2))


def extreme_pairs(distances: NDArray[np.float64]) -> tuple[tuple[int, int], tuple[int, int]]:
    """The nearest and the farthest two different categories of ``distances`` (k, k), k ≥ 2.

    Of equal pairs, the first in reading order. Raises InvalidParameterError for fewer than two.
    """
    k = len(distances)
    if k < 2:
        raise InvalidParameterError(f"A pair needs two categories; there is {k}.")
    first, second = np.triu_indices(k, 1)
    apart = distances[first, second]
    near, far = int(apart.argmin()), int(apart.argmax())
    return (int(first[near]), int(second[near])), (int(first[far]), int(second[far]))
