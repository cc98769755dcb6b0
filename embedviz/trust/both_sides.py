"""A map beside its full space: what is near here, and how near the same points are there."""

from __future__ import annotations

import itertools
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embedviz.trust.nearness import Matrix, Rows
from embedviz.trust.places import numbered, shared
from embedviz.trust.ranking import Nearest, RankedBlock, Ranking


class Sides:
    """n points ranked in the full space and on the map.

    Points that share a place on both sides are one of ``pairs``: no measure tells them apart.
    """

    def __init__(self, full: Ranking, drawn: Ranking) -> None:
        self.full, self.drawn = full, drawn
        self.pairs = shared(full.places, drawn.places)
        # Both are numbered in the order of the points: a place keeps its number among the pairs.
        self.in_full = numbered(full.places.of[self.pairs.first])
        self.in_drawn = numbered(drawn.places.of[self.pairs.first])

    @property
    def widest(self) -> int:
        """How many places one point is compared with, on the side that has more of them."""
        return max(len(self.in_full), len(self.in_drawn))


class SeenFromBoth:
    """All points as seen from a point of each of these r pairs, on both sides; k are near."""

    def __init__(self, sides: Sides, pairs: Rows, k: int) -> None:
        self._sides, self._pairs, self._k = sides, pairs, k
        rows = sides.pairs.first[pairs]
        self._far: RankedBlock = sides.full.seen_from(rows)
        self._near: RankedBlock = sides.drawn.seen_from(rows)

    def strangeness(self) -> Matrix:
        """By how much the ranks of the k nearest on the map exceed k in the full space: (r,)."""
        line, place, weight = self._drawn_near
        beyond = np.maximum(self._far.ranks(line, place) - self._k, 0)
        return np.asarray(np.bincount(line, weight * beyond, len(self._pairs)), np.float64)

    def tearing(self) -> Matrix:
        """By how much the ranks of the k nearest in the full space exceed k on the map: (r,)."""
        pair, source = self._sides.in_full.members(self._true.place)
        line, last = self._true.line[source], self._true.last[source]
        seen = self._seen(line, pair)
        chosen = (seen > 0) & ~(last & ~self._may_be_best(line, pair, seen, last))
        line, last, seen = line[chosen], last[chosen], seen[chosen]
        ranks = self._near.ranks(line, self._sides.in_drawn.of[pair[chosen]])
        beyond = np.maximum(ranks - self._k, 0)
        # Of those at the distance of the k-th, the least torn ones, as many as there is room for.
        order = np.lexsort((np.where(last, beyond, -1), line))
        line, seen, beyond = line[order], seen[order], beyond[order]
        starts = np.searchsorted(line, np.arange(len(self._pairs)))
        total = np.cumsum(seen)
        before = total - seen
        before -= before[starts][line]
        taken = np.clip(self._k - before, 0, seen)
        return np.asarray(np.bincount(line, taken * beyond, len(self._pairs)), np.float64)

    def kept(self) -> Matrix:
        """How many of the k nearest on the map are k nearest of the full space: (r,)."""
        line, place, weight = self._drawn_near
        true, r = self._true, len(self._pairs)
        nearer = np.zeros((r, len(self._sides.in_full)), np.int8)
        nearer[true.line, true.place] = np.where(true.last, 1, 2)
        status = nearer[line, place]
        surely = np.bincount(line, weight * (status == 2), r)
        free = self._k - np.bincount(true.line, true.weight * ~true.last, r)
        tied = np.bincount(line, weight * (status == 1), r)
        return np.asarray(surely + np.minimum(tied, free), np.float64)

    @cached_property
    def _true(self) -> Nearest:
        return self._far.nearest(self._k)

    @cached_property
    def _drawn_near(self) -> tuple[Rows, Rows, Matrix]:
        """The k nearest on the map: lines, places in the full space, and how many points count."""
        near = self._near.nearest(self._k)
        pair, source = self._sides.in_drawn.members(near.place)
        line = near.line[source]
        seen = self._seen(line, pair)
        share = near.weight / self._near.counts(near.line, near.place)
        there = seen > 0
        weight = (share[source] * seen)[there]
        return line[there], self._sides.in_full.of[pair[there]], weight

    def _seen(self, line: Rows, pair: Rows) -> Rows:
        """How many points of each pair a line sees: its own point not."""
        return np.asarray(self._sides.pairs.counts[pair] - (pair == self._pairs[line]), np.intp)

    def _may_be_best(
        self, line: Rows, pair: Rows, seen: Rows, last: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Whether so few are nearer on the map that a point may be one of the k least torn."""
        best = np.ones(len(line), np.bool_)
        starts = np.searchsorted(line, np.arange(len(self._pairs) + 1))
        for start, stop in itertools.pairwise(starts):
            if stop - start <= 4 * self._k:
                continue
            places = self._sides.in_drawn.of[pair[start:stop]]
            values = self._near.values[line[start], places].astype(np.float64)
            open_ = values[last[start:stop] & (seen[start:stop] > 0)]
            if len(open_) > self._k:
                worst = np.partition(open_, self._k - 1)[self._k - 1]
                worst += 2.5 * float(self._near.slack(line[start : start + 1], worst[None])[0])
                best[start:stop] = values <= worst
        return best
