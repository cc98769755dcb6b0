"""More points than a browser draws: what of them to show of a region, and how dense the rest is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.density import (
    Density,
    Extent,
    borders,
    checked_extent,
    density_of,
    inside,
    sampling_order,
)
from embedviz.outline import inside_outline

MOST_DRAWN = 100_000
"""Up to so many points a map draws each; above, density and some of them."""

MOST_IN_REGION = 20_000
"""Points drawn above the density, and in 3-D."""

FITTED_WHOLE = 50_000
"""Up to so many points a page fits t-SNE and UMAP on all of them."""

FIT_ON = 10_000
"""Points that a page fits them on above that, before it places the others."""

Rows = NDArray[np.intp]


def fit_on_for(n: int) -> int | None:
    """How many of n points a page fits a slow method on (``ev.project(fit_on=…)``); None: all."""
    return FIT_ON if n > FITTED_WHOLE else None


@dataclass(frozen=True, eq=False)
class Region:
    """What of very many points is shown at once.

    Attributes
    ----------
    rows : ndarray of shape (m,), intp, ascending
        The points to draw one by one.
    density : Density or None
        Under them, of all points; None in 3-D.
    there : int
        Points in the region that may be drawn (that pass the filters).
    n : int
        All points.
    """

    rows: Rows
    density: Density | None
    there: int
    n: int

    @property
    def stated(self) -> str:
        """What is drawn, in words."""
        drawn, there, n = len(self.rows), self.there, self.n
        points = f"all {there:,}" if drawn >= there else f"{drawn:,} of {there:,}"
        if self.density is None:
            return f"Showing {points} points, an even sample; {n:,} in all."
        return f"Showing the density of all {n:,} points, and {points} points of this region one by one."


class ManyPoints:
    """The points of a large map, and what of them is shown of any region.

    Parameters
    ----------
    coordinates : ndarray of shape (n, 2) or (n, 3), float32
        Not copied; write to it no more.
    seed : int
        Decides which points are drawn first.
    """

    def __init__(self, coordinates: NDArray[np.float32], seed: int = 0) -> None:
        self.coordinates = coordinates
        self._order = sampling_order(len(coordinates), seed)

    def __len__(self) -> int:
        return len(self.coordinates)

    @cached_property
    def name(self) -> str:
        """A hash of the coordinates: while it holds, a view keeps its meaning."""
        content = np.ascontiguousarray(self.coordinates)
        return hashlib.blake2b(content, digest_size=12).hexdigest()

    @cached_property
    def whole(self) -> Extent:
        """Borders of all points."""
        return borders(self.coordinates)

    @cached_property
    def overview(self) -> Density:
        """The density of all points."""
        return density_of(self.coordinates, None, None, self.whole, self.name)

    def region(
        self,
        view: Extent | None = None,
        kept: NDArray[np.bool_] | None = None,
        first: Rows | None = None,
        most: int = MOST_IN_REGION,
    ) -> Region:
        """What to show where a person looks.

        Parameters
        ----------
        view : tuple of float, optional
            Left, right, bottom and top of what is in view; None: everything. A little more than
            that is given, so that a small move shows no edge.
        kept : ndarray of shape (n,), bool, optional
            Which points may be drawn one by one; the density counts all of them, as context.
        first : ndarray of rows, optional
            Drawn before others (a selection), as far as there is room.
        """
        if self.coordinates.shape[1] != 2:
            return self._sampled(kept, first, most)
        shown = self._around(view)
        density = self.overview
        if shown != self.whole:
            density = density_of(self.coordinates, shown, None, self.whole, self.name)
        there = inside(self.coordinates, shown)
        if kept is not None:
            there &= kept
        return Region(self._chosen(there, first, most), density, int(there.sum()), len(self))

    def rows_inside(self, outline: ArrayLike, kept: NDArray[np.bool_] | None = None) -> Rows:
        """All points inside a line drawn on the flat map, drawn one by one or not.

        Parameters
        ----------
        outline : array_like of shape (m, 2)
            Its corners.
        kept : ndarray of shape (n,), bool, optional
            Only these.
        """
        there = inside_outline(self.coordinates, outline)
        return np.flatnonzero(there if kept is None else there & kept)

    def _sampled(self, kept: NDArray[np.bool_] | None, first: Rows | None, most: int) -> Region:
        there = np.ones(len(self), bool) if kept is None else kept
        return Region(self._chosen(there, first, most), None, int(there.sum()), len(self))

    def _chosen(self, there: NDArray[np.bool_], first: Rows | None, most: int) -> Rows:
        rows = np.flatnonzero(there)
        if len(rows) <= most:
            return rows
        shuffled = self._order[there[self._order]]
        if first is not None and len(first):
            before = np.zeros(len(self), bool)
            before[first] = True
            # Stable: within both parts the shuffle decides.
            shuffled = shuffled[np.argsort(~before[shuffled], kind="stable")]
        return np.sort(shuffled[:most]).astype(np.intp)

    def _around(self, view: Extent | None) -> Extent:
        if view is None:
            return self.whole
        left, right, bottom, top = checked_extent(view)
        across, up = 0.1 * (right - left), 0.1 * (top - bottom)
        wide = (left - across, right + across, bottom - up, top + up)
        low_x, high_x, low_y, high_y = self.whole
        cut = (max(wide[0], low_x), min(wide[1], high_x), max(wide[2], low_y), min(wide[3], high_y))
        # A view beside all points has nothing to cut to.
        return cut if cut[0] < cut[1] and cut[2] < cut[3] else wide
