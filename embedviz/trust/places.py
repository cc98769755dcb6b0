"""Equal points are one place: what is true of one is true of all, and is worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.trust.nearness import Rows


@dataclass(frozen=True, eq=False)
class Places:
    """n points in p places, numbered in the order in which the points first reach them.

    Attributes
    ----------
    of : ndarray of shape (n,), intp
        The place of each point.
    first : ndarray of shape (p,), intp, ascending
        The first point of each place.
    counts : ndarray of shape (p,), int64
        How many points each place has.
    """

    of: Rows
    first: Rows
    counts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)

    @property
    def single(self) -> bool:
        """True where every point has a place of its own: then a place's number is the point's."""
        return len(self.first) == len(self.of)

    @cached_property
    def _by_place(self) -> Rows:
        return np.argsort(self.of, kind="stable")

    @cached_property
    def _starts(self) -> Rows:
        return np.cumsum(self.counts) - self.counts

    def members(self, places: Rows, most: int | None = None) -> tuple[Rows, Rows]:
        """The points of these places (m,), and for each of them which of the m it comes from.

        ``most``: only the first so many of each place.
        """
        source = np.arange(len(places))
        if self.single:
            return places, source
        sizes = self.counts[places]
        if most is not None:
            sizes = np.minimum(sizes, most)
        source = np.repeat(source, sizes)
        within = np.arange(len(source)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return self._by_place[self._starts[places[source]] + within], source


def places_of(points: NDArray[Any]) -> Places:
    """The places of ``points`` (n, d), which are equal where all of their numbers are."""
    # + 0 makes −0 and 0, which are equal numbers, equal bytes too.
    rows = np.ascontiguousarray(points + points.dtype.type(0))
    return numbered(rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel())


def shared(first: Places, second: Places) -> Places:
    """The places of points that share a place in both."""
    if first.single or second.single:
        return first if first.single else second
    return numbered(first.of * len(second) + second.of)


def in_common(first: Rows, second: Rows) -> Rows:
    """How many numbers each row of two arrays (r, k) has in common, repeated ones counted: (r,)."""
    both = np.concatenate([_told_apart(first), _told_apart(second)], axis=1)
    both.sort(axis=1)
    # No row holds a number twice by now, so an equal neighbor in order is a common one.
    return np.asarray((both[:, 1:] == both[:, :-1]).sum(axis=1))


def _told_apart(rows: Rows) -> Rows:
    """The first, second, … of equal numbers of a row as different numbers, alike in all rows."""
    ordered = np.sort(rows, axis=1)
    at = np.arange(ordered.shape[1])
    new = np.pad(ordered[:, 1:] != ordered[:, :-1], ((0, 0), (1, 0)), constant_values=True)
    begins = np.maximum.accumulate(np.where(new, at, 0), axis=1)
    return np.asarray(ordered * ordered.shape[1] + (at - begins))


def numbered(values: NDArray[Any]) -> Places:
    """The places of points that have the same one of ``values`` (n,)."""
    n = len(values)
    _, first, of, counts = np.unique(
        values, return_index=True, return_inverse=True, return_counts=True
    )
    if len(first) == n:
        return Places(np.arange(n), np.arange(n), np.ones(n, np.int64))
    order = np.argsort(first)
    number = np.empty(len(first), np.intp)
    number[order] = np.arange(len(first))
    return Places(number[of.ravel()], first[order], counts[order].astype(np.int64))
