"""Nearest points and exact ranks, for a block of points at a time.

Points of one place (see :mod:`embedviz.trust.places`) are seen as one with a count: a thousand
copies cost no more than one. Where distances tie otherwise, each point is looked at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.trust.map_nearness import MapNearness
from embedviz.trust.nearness import Matrix, Nearness, Rows, Values, full_nearness
from embedviz.trust.places import Places, places_of

Ranks = NDArray[np.int64]

_AT_ONCE = 1_000_000  # points looked at for ranks that rounding leaves open


@dataclass(frozen=True, eq=False)
class Ranking:
    """n points in their places, and which place is nearer than which."""

    places: Places
    nearness: Nearness

    @staticmethod
    def of_space(vectors: NDArray[np.float32], metric: str) -> Ranking:
        """In the full space, by a metric of the table."""
        return _ranking(vectors, lambda distinct: full_nearness(distinct, metric))

    @staticmethod
    def of_map(coordinates: NDArray[np.float32]) -> Ranking:
        """On a map, by straight-line distance."""
        return _ranking(coordinates, MapNearness)

    def seen_from(self, rows: Rows) -> RankedBlock:
        """All points as seen from each of these points."""
        return RankedBlock(self.nearness, self.places.counts, self.places.of[rows])


def _ranking(points: NDArray[Any], nearness: Callable[[NDArray[Any]], Nearness]) -> Ranking:
    places = places_of(points)
    return Ranking(places, nearness(points if places.single else points[places.first]))


@dataclass(frozen=True, eq=False)
class Nearest:
    """The places that hold the k nearest of each line, those at the distance of the k-th included.

    Attributes
    ----------
    line, place : ndarray of shape (m,), intp
        By line.
    weight : ndarray of shape (m,), float64
        How many of a place's points count: all of those that are nearer than the k-th. Those at
        its distance share what is left of k, so that the weights of a line sum to k.
    last : ndarray of shape (m,), bool
        At the distance of the k-th.
    """

    line: Rows
    place: Rows
    weight: Matrix
    last: NDArray[np.bool_]


class RankedBlock:
    """All points, in p places, as seen from one point of each of r places; it does not see itself."""

    def __init__(self, nearness: Nearness, counts: NDArray[np.int64], viewers: Rows) -> None:
        self._nearness, self._counts, self._viewers = nearness, counts, viewers
        self._single = int(counts.max()) == 1

    @cached_property
    def values(self) -> Values:
        """Of shape (r, p): not further than the nearness's slack from exact."""
        values = self._nearness.block(self._viewers)
        alone = np.flatnonzero(self._counts[self._viewers] == 1)
        values[alone, self._viewers[alone]] = np.inf
        return values

    @cached_property
    def _order(self) -> Rows:
        return np.argsort(self.values, axis=1)

    @cached_property
    def _ordered(self) -> Values:
        if self._single:
            return np.sort(self.values, axis=1)
        return np.take_along_axis(self.values, self._order, axis=1)

    @cached_property
    def _before(self) -> Ranks:
        """How many points come before each place of a line in ``_ordered``: (r, p + 1)."""
        seen = self._counts[self._order]
        seen[self._order == self._viewers[:, None]] -= 1
        return np.pad(np.cumsum(seen, axis=1), ((0, 0), (1, 0)))

    def counts(self, line: Rows, place: Rows) -> NDArray[np.int64]:
        """How many points each line sees in a place."""
        return np.asarray(self._counts[place] - (place == self._viewers[line]))

    def exact(self, line: Rows, place: Rows) -> Matrix:
        """How far a place is from each line, in float64: smaller is nearer."""
        if self._nearness.rounds:
            return self._nearness.exact(self._viewers[line], place)
        return np.asarray(self.values[line, place], np.float64)

    def slack(self, line: Rows, values: Matrix) -> Matrix:
        """How far ``values`` may be from exact near these, all of shape (m,)."""
        return self._nearness.slack(self._viewers[line], values[:, None])[:, 0]

    def nearest(self, k: int) -> Nearest:
        """The k nearest points of each line, and all that are as near as the k-th."""
        quickly = self._nearness.quickly(self._viewers, k) if self._single else None
        if quickly is None:
            return self._among_all(k)
        line = np.repeat(np.arange(len(quickly)), k)
        # It answers only where no other is as near as the k-th.
        last = np.arange(1, line.size + 1) % k == 0
        return Nearest(line, quickly.ravel(), np.ones(line.size), last)

    def _among_all(self, k: int) -> Nearest:
        found = self._within(k)
        sizes = [len(places) for places in found]
        line, place = np.repeat(np.arange(len(found)), sizes), np.concatenate(found)
        seen = self.counts(line, place)
        line, place, seen = line[seen > 0], place[seen > 0], seen[seen > 0]
        exact = self.exact(line, place)
        starts = np.searchsorted(line, np.arange(len(found) + 1))
        limits = np.empty(len(found))
        for at, (start, stop) in enumerate(itertools.pairwise(starts)):
            limits[at] = _limit(exact[start:stop], seen[start:stop], k, self._single)
        near = exact <= limits[line]
        line, place, seen, last = line[near], place[near], seen[near], (exact == limits[line])[near]
        free = k - np.bincount(line, np.where(last, 0, seen), len(found))
        share = free / np.bincount(line, np.where(last, seen, 0), len(found))
        return Nearest(line, place, np.where(last, share[line], 1.0) * seen, last)

    def _within(self, k: int) -> list[Rows]:
        """The places of each line that may be as near as its k-th nearest point."""
        kth = min(k, self.values.shape[1]) - 1
        known = "_ordered" in self.__dict__
        ordered = self._ordered if known else np.partition(self.values, kth, axis=1)
        last = ordered[:, kth : kth + 1].astype(np.float64)
        limits = (last + 2.5 * self._nearness.slack(self._viewers, last)).astype(self.values.dtype)
        return [
            np.flatnonzero(line <= limit)
            for line, limit in zip(self.values, limits[:, 0], strict=True)
        ]

    def ranks(self, line: Rows, place: Rows) -> Ranks:
        """Ranks, from 1, of places seen from lines (ascending): 1 + the points strictly nearer."""
        least, most = self._between(line, self.values[line, place].astype(np.float64), 2.5)
        nearer = np.asarray(least if self._single else self._before[line, least])
        if self._nearness.rounds:
            # The place itself always lies between; where it is alone there, its rank is settled.
            open_ = np.flatnonzero(most - least > 1)
            if len(open_):
                nearer[open_] = self._settled(line[open_], self.exact(line[open_], place[open_]))
        return np.asarray(nearer + 1)

    def _between(self, line: Rows, values: Matrix, slacks: float) -> tuple[Ranks, Ranks]:
        """How many places are surely nearer than ``values``, and how many may be."""
        slack = slacks * self.slack(line, values)
        low = (values - slack).astype(self.values.dtype)
        high = (values + slack).astype(self.values.dtype)
        least, most = np.empty(len(line), np.int64), np.empty(len(line), np.int64)
        starts = np.searchsorted(line, np.arange(len(self._viewers) + 1))
        for at, (start, stop) in enumerate(itertools.pairwise(starts)):
            least[start:stop] = self._ordered[at].searchsorted(low[start:stop], "left")
            most[start:stop] = self._ordered[at].searchsorted(high[start:stop], "right")
        return least, most

    def _settled(self, line: Rows, exact: Matrix) -> Ranks:
        """How many points are strictly nearer than ``exact``, looking at those close to it."""
        # Among ties many ask the same: each question once.
        order = np.lexsort((exact, line))
        new = np.diff(line[order], prepend=-1) != 0
        new[1:] |= np.diff(exact[order]) != 0
        lines, limits = line[order][new], exact[order][new]
        least, most = self._between(lines, limits, 1.25)
        found = np.array(least if self._single else self._before[lines, least])
        # So many at once that what is looked at stays small.
        chunks = np.cumsum(most - least) // _AT_ONCE
        for part in np.split(np.arange(len(lines)), np.flatnonzero(np.diff(chunks)) + 1):
            found[part] += self._nearer(lines[part], limits[part])
        answers = np.empty(len(line), np.int64)
        answers[order] = found[np.cumsum(new) - 1]
        return answers

    def _nearer(self, line: Rows, limits: Matrix) -> Ranks:
        slack = 1.25 * self.slack(line, limits)
        low = (limits - slack).astype(self.values.dtype)
        high = (limits + slack).astype(self.values.dtype)
        between = [
            np.flatnonzero((self.values[at] >= least) & (self.values[at] <= most))
            for at, least, most in zip(line, low, high, strict=True)
        ]
        owner = np.repeat(np.arange(len(between)), [len(places) for places in between])
        places = np.concatenate(between)
        nearer = self.exact(line[owner], places) < limits[owner]
        seen = self.counts(line[owner], places)
        return np.bincount(owner, np.where(nearer, seen, 0), len(between)).astype(np.int64)


def _limit(exact: Matrix, seen: NDArray[np.int64], k: int, single: bool) -> float:
    """How far the k-th nearest point is, of places with so many points each."""
    if single:
        return float(np.partition(exact, k - 1)[k - 1])
    order = np.argsort(exact, kind="stable")
    return float(exact[order[np.searchsorted(np.cumsum(seen[order]), k)]])
