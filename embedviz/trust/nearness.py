"""Which point is nearer than which: fast in float32, and exact in float64 where that decides."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from embedviz.metrics import METRICS, Metric

Rows = NDArray[np.intp]
Values = NDArray[Any]
Matrix = NDArray[np.float64]

_PAIR_NUMBERS = 1_000_000  # numbers gathered at a time for exact values
_PROBED = 32
_ROOM = 4.0  # times the largest rounding seen
_FEW = 4.0
_FORMULA_ROUNDING = 1e-13  # of the largest value


class Nearness(Protocol):
    """What ranks n points as seen from each of them: smaller is nearer.

    ``rounds`` is False where ``block`` is exact.
    """

    rounds: bool

    def __len__(self) -> int: ...

    def block(self, rows: Rows) -> Values:
        """From these rows to all points, of shape (r, n), not further than ``slack`` from exact."""

    def exact(self, rows: Rows, columns: Rows) -> Matrix:
        """From each of m rows to one column, of shape (m,), in float64."""

    def quickly(self, rows: Rows, k: int) -> Rows | None:
        """The k nearest others (r, k) without looking at all points, or None where that is open."""

    def slack(self, rows: Rows, values: Values) -> Matrix:
        """How far ``block`` may be from exact near ``values`` of shape (r, m), of that shape."""


def full_nearness(vectors: NDArray[np.float32], metric: str) -> Nearness:
    """In the full space by any metric of the table: by products where it has a form."""
    by = FormulaNearness if METRICS[metric].form is None else FullNearness
    return by(vectors, metric)


class FormulaNearness:
    """In the full space by a ``metric`` that is only a formula: every pair in float64."""

    rounds = True

    def __init__(self, vectors: NDArray[np.float32], metric: str) -> None:
        self._vectors, self._measure = vectors, METRICS[metric]
        # The same formula gives both values, but a sum's last bits may depend on the company.
        self._slack = _ROOM * _FORMULA_ROUNDING * float(np.abs(self.block(np.arange(1))).max())

    def __len__(self) -> int:
        return len(self._vectors)

    def block(self, rows: Rows) -> Values:
        return np.stack([self._from(row, self._vectors) for row in rows])

    def exact(self, rows: Rows, columns: Rows) -> Matrix:
        found = np.empty(len(rows))
        order = np.argsort(rows, kind="stable")
        starts = np.flatnonzero(np.diff(rows[order], prepend=-1))
        for part in np.split(order, starts[1:]):
            found[part] = self._from(rows[part[0]], self._vectors[columns[part]])
        return found

    def quickly(self, rows: Rows, k: int) -> Rows | None:  # noqa: ARG002 - as in Nearness
        return None

    def slack(self, rows: Rows, values: Values) -> Matrix:  # noqa: ARG002 - as in Nearness
        return np.full(values.shape, self._slack)

    def _from(self, row: np.intp, others: NDArray[np.float32]) -> Matrix:
        scores = self._measure.between(self._vectors[row], others)
        return scores if self._measure.is_distance else -scores


class FullNearness:
    """In the full space, by a ``metric`` that has a form.

    The products are computed in float32. How far rounding takes them from exact is measured on a
    thousand pairs and taken four times, more than ten standard deviations; what that leaves open
    is settled in float64. Where it would leave much open, all products are in float64. Products of
    small whole numbers (counts, categories as 0 and 1) are exact as they are, and tie a lot.
    """

    def __init__(self, vectors: NDArray[np.float32], metric: str) -> None:
        self._vectors, self._measure = vectors, METRICS[metric]
        self._form = self._measure.form
        self._means = (
            vectors.mean(axis=1, dtype=np.float64) if self._measure.centers else np.zeros(1)
        )
        self._scale = _inverse_lengths(vectors, self._means, self._measure)
        self.rounds = self._form == "angle" or not _small_and_whole(vectors)
        # Around the mean the squares are smallest, and with them the rounding.
        centered = self._form == "straight line" and self.rounds
        self._center = vectors.mean(axis=0, dtype=np.float64) if centered else None
        self._use(np.float32)
        if self.rounds and self._crowded():
            self._use(np.float64)

    def __len__(self) -> int:
        return len(self._vectors)

    def _use(self, dtype: type[np.floating[Any]]) -> None:
        rows = self._prepared(dtype)
        squares = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
        self._lengths = np.sqrt(squares)
        self._left, self._right = -rows, rows
        if self._form == "straight line":
            # |x|² − 2 x·y + |y|² as one product: no more passes over the block.
            square, one = squares.astype(dtype)[:, None], np.ones((len(rows), 1), dtype)
            self._left = np.hstack([-2 * rows, square, one])
            self._right = np.hstack([rows, one, square])
            self._lengths = np.sqrt(squares + squares.max())
        self._unit = self._rounding(float(np.finfo(dtype).eps)) if self.rounds else 0.0

    def _rounding(self, eps: float) -> float:
        """What rounding can make of a product, relative to the longest vector's."""
        rng = np.random.default_rng(0)
        rows = np.sort(rng.choice(len(self), min(_PROBED, len(self)), replace=False))
        columns = rng.integers(0, len(self), (len(rows), _PROBED))
        lines = np.repeat(rows, _PROBED)
        exact = self.exact(lines, columns.ravel()).reshape(columns.shape)
        error = np.abs(np.take_along_axis(self.block(rows), columns, axis=1) - exact)
        lengths = self._lengths[rows, None] * self._lengths[columns]
        relative = error[lengths > 0] / lengths[lengths > 0]
        return float(self._lengths.max()) * max(_ROOM * float(relative.max(initial=0)), 2 * eps)

    def _prepared(self, dtype: type[np.floating[Any]]) -> Values:
        n, d = self._vectors.shape
        prepared = np.empty((n, d), dtype)
        for start in range(0, n, step := max(1, _PAIR_NUMBERS // d)):
            part = slice(start, start + step)
            rows = self._vectors[part].astype(np.float64)
            if self._center is not None:
                rows -= self._center
            elif self._form == "angle":
                rows -= self._means[part, None] if len(self._means) > 1 else 0.0
                rows *= self._scale[part, None]
            prepared[part] = rows
        return prepared

    def _crowded(self) -> bool:
        """True if float32 leaves many ranks open: tight groups far apart, or one far point."""
        rows = np.linspace(0, len(self) - 1, min(_PROBED, len(self))).astype(np.intp)
        ordered = np.sort(self.block(rows), axis=1)
        places = ordered[:, [min(16, len(self) - 1), len(self) // 2]]
        slack = self.slack(rows, places)
        within = [
            np.searchsorted(line, place + room) - np.searchsorted(line, place - room)
            for line, place, room in zip(ordered, places, slack, strict=True)
        ]
        return float(np.mean(within)) > _FEW

    def block(self, rows: Rows) -> Values:
        return np.asarray(self._left[rows] @ self._right.T)

    def exact(self, rows: Rows, columns: Rows) -> Matrix:
        found = np.empty(len(rows))
        for start in range(0, len(rows), step := max(1, _PAIR_NUMBERS // self._vectors.shape[1])):
            part = slice(start, start + step)
            found[part] = self._exact(rows[part], columns[part])
        return found

    def _exact(self, rows: Rows, columns: Rows) -> Matrix:
        first = self._vectors[rows].astype(np.float64)
        second = self._vectors[columns]
        if self._form == "straight line":
            first -= second
            return np.asarray(np.einsum("ij,ij->i", first, first))
        if self._measure.centers:
            first -= self._means[rows, None]
            second = second - self._means[columns, None]
        products = np.einsum("ij,ij->i", first, second, dtype=np.float64)
        if self._form == "product":
            return np.asarray(-products)
        return np.asarray(-products * self._scale[rows] * self._scale[columns])

    def quickly(self, rows: Rows, k: int) -> Rows | None:  # noqa: ARG002 - as in Nearness
        return None  # with many dimensions nothing is quicker than to look at all

    def slack(self, rows: Rows, values: Values) -> Matrix:
        return np.broadcast_to((self._lengths[rows] * self._unit)[:, None], values.shape)


def _small_and_whole(vectors: NDArray[np.float32]) -> bool:
    """True if every sum on the way to a distance is a whole number that float32 holds."""
    if not (np.rint(vectors[:_PROBED]) == vectors[:_PROBED]).all():
        return False  # nearly always answered here
    longest = float(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64).max(initial=0))
    return 4 * longest < 2.0**24 and bool((np.rint(vectors) == vectors).all())


def _inverse_lengths(vectors: NDArray[np.float32], means: Matrix, measure: Metric) -> Matrix:
    """1 / length of each vector, and 0 for one of length 0: its cosine is 0 with every other."""
    if measure.form != "angle":
        return np.ones(1)
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    if measure.centers:
        centered = squares - vectors.shape[1] * means**2
        squares = np.where(centered > 1e-12 * squares, centered, 0.0)
    lengths = np.sqrt(squares)
    return np.asarray(np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0))
