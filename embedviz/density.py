"""How many points lie where: the picture of more points than can be drawn one by one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

Extent = tuple[float, float, float, float]
"""The borders of a part of the map: left, right, bottom, top."""

CELLS = 120_000
"""Cells of a density image: about two pixels of a map each way."""

# Cells beyond this help nobody's eyes and take a browser's time.
_MOST_CELLS = 4_000_000
# Points at a time: what is calculated for them stays in the processor's cache.
_AT_ONCE = 32_768


@dataclass(frozen=True, eq=False)
class Density:
    """Counts of points per cell.

    Attributes
    ----------
    image : ndarray of shape (h, w), uint8
        Row 0 lies at the top. 0 is an empty cell, 255 the fullest; between them the logarithm of
        the count, so that thin regions show beside dense ones.
    extent : tuple of float
        Left, right, bottom and top border of the image.
    n : int
        Points inside the borders.
    most : int
        Points in the fullest cell.
    whole : tuple of float
        Borders of all points, whatever part the image shows; a map's first view.
    of : str
        Names the points that were counted: while it holds, a view on them keeps its meaning.
    """

    image: NDArray[np.uint8]
    extent: Extent
    n: int
    most: int
    whole: Extent
    of: str = ""

    @cached_property
    def version(self) -> str:
        """A hash of the image and its place: what is sent to a browser once."""
        digest = hashlib.blake2b(repr((self.extent, self.whole, self.of)).encode(), digest_size=12)
        digest.update(repr(self.image.shape).encode())
        digest.update(np.ascontiguousarray(self.image))
        return digest.hexdigest()


def density_of(
    coordinates: NDArray[np.float32],
    extent: Extent | None = None,
    shape: tuple[int, int] | None = None,
    whole: Extent | None = None,
    of: str = "",
) -> Density:
    """Count the points of a flat map in the cells of a grid.

    Parameters
    ----------
    coordinates : ndarray of shape (n, 2), float32
        Finite.
    extent : tuple of float, optional
        Left, right, bottom and top; None: all points.
    shape : tuple of int, optional
        Cells down and across; None: square ones, ``CELLS`` in all.
    whole : tuple of float, optional
        Borders of all points where they are known already.
    of : str
        Names these points.

    Raises
    ------
    InvalidParameterError
        For coordinates of another shape, borders in the wrong order, or an impossible grid.
    """
    points = _flat(coordinates)
    everywhere = whole or borders(points)
    shown = everywhere if extent is None else checked_extent(extent)
    height, width = _square_cells(shown) if shape is None else _checked_shape(shape)
    counts = _counts(points, shown, height, width)
    most = int(counts.max(initial=0))
    levels = np.log1p(counts) * (255 / np.log1p(max(most, 1)))
    # A cell with one point is never drawn as empty.
    image = np.maximum(np.rint(levels), counts > 0).astype(np.uint8)
    return Density(image[::-1].copy(), shown, int(counts.sum()), most, everywhere, of)


def borders(coordinates: NDArray[np.float32]) -> Extent:
    """Left, right, bottom and top of the points; never of zero width."""
    points = _flat(coordinates)
    if not len(points):
        return (-1.0, 1.0, -1.0, 1.0)
    # Column by column: NumPy takes twenty times as long for both at once.
    low = np.array([column.min() for column in points.T], np.float64)
    high = np.array([column.max() for column in points.T], np.float64)
    # Points on one line still need a strip to lie in.
    thin = high - low <= 1e-6 * np.maximum(np.abs(low), np.abs(high))
    pad = np.where(thin, np.maximum(float((high - low).max()), 1e-3 + np.abs(low) * 1e-3) / 2, 0.0)
    low, high = low - pad, high + pad
    return (float(low[0]), float(high[0]), float(low[1]), float(high[1]))


def checked_extent(extent: Extent) -> Extent:
    """``extent`` as four finite numbers; raises InvalidParameterError for anything else."""
    values = np.asarray(extent, np.float64)
    if values.shape != (4,) or not np.isfinite(values).all():
        raise InvalidParameterError(
            f"An extent is four finite numbers (left, right, bottom, top), got {extent!r}."
        )
    left, right, bottom, top = (float(value) for value in values)
    if not (left < right and bottom < top):
        raise InvalidParameterError(
            f"An extent runs from left to right and from bottom to top, got {extent!r}."
        )
    return (left, right, bottom, top)


def inside(coordinates: NDArray[np.float32], extent: Extent) -> NDArray[np.bool_]:
    """Which points lie inside the borders or on them, of shape (n,)."""
    left, right, bottom, top = checked_extent(extent)
    x, y = _flat(coordinates).T
    return np.asarray((x >= left) & (x <= right) & (y >= bottom) & (y <= top))


def sampling_order(n: int, seed: int = 0) -> NDArray[np.int32]:
    """In which order points are drawn while there is room: a shuffle that ``seed`` decides."""
    return np.random.default_rng(seed).permutation(n).astype(np.int32)


def in_region(
    coordinates: NDArray[np.float32],
    extent: Extent,
    most: int = 20_000,
    seed: int = 0,
    order: NDArray[np.int32] | None = None,
) -> NDArray[np.intp]:
    """Rows of the points in a region: all of them, or an even sample of ``most``, ascending.

    Every point has the same chance, and one that is drawn stays drawn when the region shrinks
    around it: the first ``most`` of one shuffle of all points that lie inside.

    Parameters
    ----------
    coordinates : ndarray of shape (n, 2), float32
    extent : tuple of float
        Left, right, bottom and top.
    order : ndarray of shape (n,), optional
        ``sampling_order(n, seed)`` where it is at hand.
    """
    if most < 1:
        raise InvalidParameterError(f"most={most!r} points cannot be drawn. Give at least 1.")
    kept = inside(coordinates, extent)
    rows = np.flatnonzero(kept)
    if len(rows) <= most:
        return rows
    shuffled = sampling_order(len(kept), seed) if order is None else order
    return np.sort(shuffled[kept[shuffled]][:most]).astype(np.intp)


def _counts(
    points: NDArray[np.float32], extent: Extent, height: int, width: int
) -> NDArray[np.int64]:
    """Counts (height, width), row 0 at the bottom; a border of one cell takes those outside."""
    left, right, bottom, top = extent
    cells = np.empty(len(points), np.intp)
    for start in range(0, len(points), _AT_ONCE):
        part = points[start : start + _AT_ONCE]
        rows = _cells(part[:, 1], bottom, top, height)
        rows *= width + 2
        rows += _cells(part[:, 0], left, right, width)
        cells[start : start + _AT_ONCE] = rows
    counts = np.bincount(cells, minlength=(height + 2) * (width + 2))
    return np.asarray(counts.reshape(height + 2, width + 2)[1:-1, 1:-1], np.int64)


def _cells(values: NDArray[np.float32], low: float, high: float, count: int) -> NDArray[np.int32]:
    """1 to ``count`` inside the borders, both included; 0 below and ``count`` + 1 above."""
    scaled = values.astype(np.float64)
    scaled -= low
    # A hair narrower, so that the greatest value falls into the last cell and not beyond it.
    scaled *= count / (high - low) * (1 - 1e-12)
    scaled += 1
    np.maximum(scaled, 0, out=scaled)
    np.minimum(scaled, count + 1, out=scaled)
    return scaled.astype(np.int32)


def _flat(coordinates: NDArray[np.float32]) -> NDArray[np.float32]:
    points = np.asarray(coordinates)
    if points.ndim != 2 or points.shape[1] != 2:
        raise InvalidParameterError(
            f"Density is counted on flat maps, of shape (n, 2); got {points.shape}. "
            "Project with n_components=2."
        )
    return points


def _square_cells(extent: Extent) -> tuple[int, int]:
    left, right, bottom, top = extent
    # A strip has at least some cells across it, and never more than a canvas can hold along it.
    slope = min(max((top - bottom) / (right - left), 1 / 50), 50.0)
    height = max(1, round((CELLS * slope) ** 0.5))
    return height, max(1, CELLS // height)


def _checked_shape(shape: tuple[int, int]) -> tuple[int, int]:
    height, width = (int(side) for side in shape)
    if height < 1 or width < 1 or height * width > _MOST_CELLS:
        raise InvalidParameterError(
            f"A grid of {height} × {width} cells is not allowed: at least 1 each, "
            f"at most {_MOST_CELLS:,} in all."
        )
    return height, width
