"""Nearest points and exact ranks, for a block of points at a time."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embedviz.trust.nearness import Matrix, Nearness, Rows, Values

Ranks = NDArray[np.int64]


class RankedBlock:
    """All n points as seen from each of r ``rows``; a point does not see itself."""

    def __init__(self, nearness: Nearness, rows: Rows) -> None:
        self._nearness, self._rows = nearness, rows

    @cached_property
    def _values(self) -> Values:
        values = self._nearness.block(self._rows)
        values[np.arange(len(self._rows)), self._rows] = np.inf
        return values

    @cached_property
    def _ordered(self) -> Values:
        return np.sort(self._values, axis=1)

    def nearest(self, k: int) -> Rows:
        """The k nearest, nearest first (equal ones by row where they decide): of shape (r, k)."""
        quickly = self._nearness.quickly(self._rows, k)
        return self._among_all(k) if quickly is None else quickly

    def _among_all(self, k: int) -> Rows:
        known = "_ordered" in self.__dict__
        ordered = self._ordered if known else np.partition(self._values, k - 1, axis=1)
        last = ordered[:, k - 1 : k].astype(np.float64)
        limits = (last + 2.5 * self._nearness.slack(self._rows, last)).astype(self._values.dtype)
        found = [
            np.flatnonzero(line <= limit)
            for line, limit in zip(self._values, limits[:, 0], strict=True)
        ]
        counts = np.array([len(columns) for columns in found])
        columns = np.concatenate(found)
        line = np.repeat(np.arange(len(found)), counts)
        exact = self._nearness.exact(self._rows[line], columns)
        order = np.lexsort((columns, exact, line))
        starts = np.cumsum(counts) - counts
        return np.asarray(columns[order][starts[:, None] + np.arange(k)])

    def ranks(self, columns: Rows) -> Ranks:
        """Ranks, from 1, of ``columns`` (r, m): one more than the points that are strictly nearer."""
        lines = np.repeat(np.arange(len(columns)), columns.shape[1])
        exact = self._nearness.exact(self._rows[lines], columns.ravel()).reshape(columns.shape)
        slack = 1.25 * self._nearness.slack(self._rows, exact)
        low = (exact - slack).astype(self._values.dtype)
        high = (exact + slack).astype(self._values.dtype)
        surely = np.empty(columns.shape, np.int64)
        perhaps = np.empty(columns.shape, np.int64)
        for line, ordered in enumerate(self._ordered):
            surely[line] = ordered.searchsorted(low[line], "left")
            perhaps[line] = ordered.searchsorted(high[line], "right")
        # The point itself always lies between; where it is alone there, its rank is settled.
        open_ = np.flatnonzero((perhaps - surely).ravel() > 1)
        if len(open_):
            surely.ravel()[open_] += self._settled(lines[open_], low, high, exact, open_)
        return surely + 1

    def holds(self, columns: Rows, k: int) -> NDArray[np.bool_]:
        """Which of ``columns`` (r, m) are among the k nearest; equal ones count as if nearer."""
        lines = np.repeat(np.arange(len(columns)), columns.shape[1])
        exact = self._nearness.exact(self._rows[lines], columns.ravel()).reshape(columns.shape)
        last = self.nearest(k)[:, -1]
        limit = self._nearness.exact(self._rows, last)
        return np.asarray(exact <= limit[:, None])

    def _settled(self, lines: Rows, low: Values, high: Values, exact: Matrix, open_: Rows) -> Ranks:
        """How many of the points between are strictly nearer, for each open rank."""
        between = []
        for line, least, most in zip(lines, low.ravel()[open_], high.ravel()[open_], strict=True):
            values = self._values[line]
            between.append(np.flatnonzero((values >= least) & (values <= most)))
        counts = np.array([len(columns) for columns in between])
        owner = np.repeat(np.arange(len(open_)), counts)
        found = self._nearness.exact(self._rows[lines[owner]], np.concatenate(between))
        nearer = found < exact.ravel()[open_][owner]
        return np.bincount(owner[nearer], minlength=len(open_)).astype(np.int64)
