"""How well groups hold together: the silhouette, in bounded memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embedviz.groups.base import Labels, Points
from embedviz.progress import Cancel, OnProgress, report, stop_if

MEASURED_AT_MOST = 10_000
_BLOCK_BYTES = 16_000_000


def silhouettes(
    points: Points,
    labels: Labels,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> NDArray[np.float64]:
    """The silhouette of each point (Rousseeuw 1987) by straight-line distance.

    Equal to scikit-learn's ``silhouette_samples`` of the points that are in a group. Of more than
    ``MEASURED_AT_MOST`` such points a random sample is measured among itself, as scikit-learn's
    ``sample_size`` does.

    Parameters
    ----------
    points : ndarray of shape (n, d)
    labels : ndarray of shape (n,)
        −1: in no group.

    Returns
    -------
    ndarray of shape (n,), float64
        NaN for points in no group or not in the sample; all NaN for fewer than two groups.
    """
    values = np.full(len(labels), np.nan)
    rows = np.flatnonzero(labels >= 0)
    if len(rows) > MEASURED_AT_MOST:
        chosen = np.random.default_rng(seed).choice(len(rows), MEASURED_AT_MOST, replace=False)
        rows = rows[np.sort(chosen)]
    groups, own = np.unique(labels[rows], return_inverse=True)
    if len(groups) >= 2:
        values[rows] = _of_all(points[rows].astype(np.float64), own, on_progress, cancel)
    return values


def _of_all(
    points: NDArray[np.float64],
    own: NDArray[np.intp],
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> NDArray[np.float64]:
    n = len(points)
    sizes = np.bincount(own)
    member = np.zeros((n, len(sizes)))
    member[np.arange(n), own] = 1
    # Around the mean the squares are smallest, and with them the rounding.
    points = points - points.mean(axis=0)
    squares = np.einsum("ij,ij->i", points, points)
    result = np.empty(n)
    step = max(1, _BLOCK_BYTES // (8 * n))
    for start in range(0, n, step):
        stop_if(cancel, "Measuring the groups")
        block = np.arange(start, min(start + step, n))
        distances = squares[block, None] + squares - 2 * (points[block] @ points.T)
        distances[block - start, block] = 0
        sums = np.sqrt(np.maximum(distances, 0, out=distances), out=distances) @ member
        result[block] = _from_sums(sums, own[block], sizes)
        report(on_progress, (block[-1] + 1) / n, f"silhouette of {block[-1] + 1:,} of {n:,} points")
    return result


def _from_sums(
    sums: NDArray[np.float64], own: NDArray[np.intp], sizes: NDArray[np.intp]
) -> NDArray[np.float64]:
    """(b − a) / max(a, b) from the summed distances to each group, of shape (rows, groups)."""
    at = np.arange(len(own))
    others = sizes[own] - 1
    inside = sums[at, own] / np.maximum(others, 1)
    means = sums / sizes
    means[at, own] = np.inf
    outside = means.min(axis=1)
    greater = np.maximum(inside, outside)
    score: NDArray[np.float64] = np.divide(
        outside - inside, greater, out=np.zeros(len(own)), where=greater > 0
    )
    # By convention a point alone in its group scores 0.
    score[others == 0] = 0
    return score
