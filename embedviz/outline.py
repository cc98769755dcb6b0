"""Which of very many points lie inside a line drawn by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError

Outline = NDArray[np.float64]
"""The corners of a closed line, of shape (m, 2)."""

MOST_CORNERS = 20_000


def checked_outline(corners: ArrayLike) -> Outline:
    """``corners`` as an outline; raises InvalidParameterError if they are none."""
    line = np.asarray(corners, np.float64)
    if line.ndim != 2 or line.shape[1] != 2 or not 3 <= len(line) <= MOST_CORNERS:
        raise InvalidParameterError(
            f"An outline of shape {line.shape}: give from 3 to {MOST_CORNERS:,} corners (x, y)."
        )
    if not np.isfinite(line).all():
        raise InvalidParameterError("A corner of the outline is not finite. Give finite numbers.")
    return line


def inside_outline(coordinates: NDArray[Any], corners: ArrayLike) -> NDArray[np.bool_]:
    """Which points lie inside the outline, of shape (n,).

    Where the line crosses itself the even-odd rule counts, as in a browser. A million points take
    about a tenth of a second, for each edge looks only at the points of its own height.

    Parameters
    ----------
    coordinates : ndarray of shape (n, 2)
    corners : array_like of shape (m, 2), m ≥ 3
        The last corner is joined to the first.
    """
    line = checked_outline(corners)
    x, y = np.asarray(coordinates).T
    (left, bottom), (right, top) = line.min(axis=0), line.max(axis=0)
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
    near = near[np.argsort(y[near])]
    at, height = x[near].astype(np.float64), y[near].astype(np.float64)
    is_inside = np.zeros(len(near), bool)
    before = np.roll(line, 1, axis=0)
    lows = np.searchsorted(height, np.minimum(line[:, 1], before[:, 1]))
    highs = np.searchsorted(height, np.maximum(line[:, 1], before[:, 1]))
    for (x1, y1), (x0, y0), low, high in zip(line, before, lows, highs, strict=True):
        if low < high:  # the edge is no horizontal one
            crossed = x1 + (x0 - x1) / (y0 - y1) * (height[low:high] - y1)
            is_inside[low:high] ^= at[low:high] < crossed
    found = np.zeros(len(x), bool)
    found[near] = is_inside
    return found
