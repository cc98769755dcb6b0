"""Fast float32 stand-ins for the metrics, each with a bound on how wrong it can be.

A product of float32 vectors of d numbers is off by at most about d·2⁻²⁴·‖q‖·‖v‖, whatever the
order of the sum (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1).
Rows whose stand-in is worse than the k-th best by more than twice that bound cannot be among the
exact nearest k, so only the few others have to be scored in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.metrics import METRICS, Form

_UNIT = 2.0**-24
_SMALLEST_NORMAL = 2.0**-126
# Beyond these float32 products may overflow, or vanish: then nothing is said to be certain.
_LARGEST, _LEAST_LENGTH, _LARGEST_LENGTH = 1e37, 1e-20, 1e18

_NUMBERS_AT_ONCE = 1 << 20  # 8 MB of them: what a processor's cache holds

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Shortcut:
    """Stand-in scores, larger is nearer: ``vectors @ query``, then × factor or + offset.

    Attributes
    ----------
    vectors : ndarray of shape (n, d), float32
    queries : ndarray of shape (q, d), float32
    errors : ndarray of shape (q,), float64
        How far a stand-in can be from the truth; infinite where float32 cannot hold the numbers.
    factor, offset : ndarray of shape (n,), float32, or None
    """

    vectors: Float32
    queries: Float32
    errors: NDArray[np.float64]
    factor: Float32 | None = None
    offset: Float32 | None = None

    def one(self, query: int, rows: Any = slice(None)) -> Float32:
        """Stand-ins of ``rows`` for one query, of shape (rows,)."""
        return self._finished(self.vectors[rows] @ self.queries[query], rows)

    def into(self, out: Float32, query: int, start: int) -> Float32:
        """Stand-ins for one query of as many rows from ``start`` on as ``out`` holds, written to it."""
        rows = slice(start, start + len(out))
        np.dot(self.vectors[rows], self.queries[query], out=out)
        return self._finished(out, rows)

    def many(self, queries: slice, rows: slice) -> Float32:
        """Stand-ins of ``rows`` for several queries, of shape (rows, queries)."""
        vectors = self.vectors[rows]
        asked = self.queries[queries]
        # Scaling the vectors first is d steps a row; scaling the product one per query.
        if self.factor is not None and vectors.shape[1] < len(asked):
            return np.asarray((vectors * self.factor[rows, None]) @ asked.T)
        return self._finished(vectors @ asked.T, rows)

    def _finished(self, products: Float32, rows: Any) -> Float32:
        shape = (-1,) + (1,) * (products.ndim - 1)
        if self.factor is not None:
            products *= self.factor[rows].reshape(shape)
        if self.offset is not None:
            products += self.offset[rows].reshape(shape)
        return products


class Shortcuts:
    """The stand-ins that a set of vectors allows; what depends on the vectors is made once."""

    def __init__(self, vectors: Float32, norms: Float32) -> None:
        self._vectors = vectors
        self._norms = norms
        self._longest = float(norms.max(initial=0.0))
        with np.errstate(divide="ignore"):
            self._inverse = np.where(norms > 0, 1 / norms, 0).astype(np.float32)
        self._has_direction = norms > 0
        lengths = norms[self._has_direction]
        self._cosine_safe = not lengths.size or bool(
            lengths.min() > _LEAST_LENGTH and self._longest < _LARGEST
        )

    @property
    def nbytes(self) -> int:
        """Bytes held beside the vectors."""
        return self._inverse.nbytes + self._has_direction.nbytes

    @property
    def safe(self) -> bool:
        """Whether float32 can hold what is calculated from these vectors, for every metric."""
        return self._cosine_safe and self._longest <= _LARGEST_LENGTH

    def of(self, metric: str, queries: NDArray[np.float64]) -> Shortcut | None:
        """The stand-in for ``metric`` and these (q, d) queries; None if there is none."""
        measure = METRICS[metric]
        make = None if measure.form is None else _MAKERS.get((measure.form, measure.centers))
        with np.errstate(over="ignore", under="ignore"):
            return None if make is None else make(self, queries)

    def _angle(self, queries: NDArray[np.float64]) -> Shortcut:
        error = (self._dimensions + 8) * _UNIT if self._cosine_safe else np.inf
        errors = np.full(len(queries), error)
        units = _units(queries).astype(np.float32)
        return Shortcut(self._vectors, units, errors, factor=self._inverse)

    def _centered_angle(self, queries: NDArray[np.float64]) -> Shortcut:
        # The entries of a centered query add up to 0, so its product with a vector is the product
        # with the centered vector: only the lengths are others.
        inverse, worst = self._centered
        error = (self._dimensions + 8) * _UNIT * worst if self._cosine_safe else np.inf
        errors = np.full(len(queries), error)
        units = _units(queries - queries.mean(axis=1, keepdims=True)).astype(np.float32)
        return Shortcut(self._vectors, units, errors, factor=inverse)

    @cached_property
    def _centered(self) -> tuple[Float32, float]:
        """1 / length of each vector without its mean, and how many times longer one is with it."""
        lengths = np.empty(len(self._vectors))
        at_once = max(1, _NUMBERS_AT_ONCE // max(1, self._dimensions))
        for start in range(0, len(lengths), at_once):
            part = slice(start, start + at_once)
            rows = self._vectors[part].astype(np.float64)
            rows -= rows.mean(axis=1, keepdims=True)
            level = np.ptp(self._vectors[part], axis=1) == 0
            lengths[part] = np.where(level, 0, np.sqrt(np.einsum("ij,ij->i", rows, rows)))
        some = lengths > 0
        inverse = np.divide(1, lengths, out=np.zeros_like(lengths), where=some)
        worst = float((self._norms[some] * inverse[some]).max(initial=1.0))
        if lengths[some].min(initial=1.0) <= _LEAST_LENGTH:
            worst = np.inf  # their inverse leaves the range of float32
        return inverse.astype(np.float32), worst

    def _product(self, queries: NDArray[np.float64]) -> Shortcut:
        lengths = np.linalg.norm(queries, axis=1)
        errors = self._error_for(lengths * self._longest, lengths)
        return Shortcut(self._vectors, queries.astype(np.float32), errors)

    def _straight_line(self, queries: NDArray[np.float64]) -> Shortcut:
        # ‖q − v‖² = ‖q‖² − (2 q·v − ‖v‖²): the larger the bracket, the nearer.
        lengths = np.linalg.norm(queries, axis=1)
        errors = self._error_for(2 * lengths * self._longest + self._longest**2, lengths)
        doubled = (2 * queries).astype(np.float32)
        return Shortcut(self._vectors, doubled, errors, offset=-np.square(self._norms))

    @property
    def _dimensions(self) -> int:
        return int(self._vectors.shape[1])

    def _error_for(
        self, scale: NDArray[np.float64], lengths: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        vanished = (self._dimensions + 2) * _SMALLEST_NORMAL * (2 + 2 * self._longest)
        errors = (self._dimensions + 8) * _UNIT * scale + vanished
        unsafe = (scale > _LARGEST) | (lengths > _LARGEST) | (self._longest > _LARGEST_LENGTH)
        return np.where(unsafe, np.inf, errors)


def _units(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """``vectors`` (q, d) at length 1; those of length 0 as they are."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0))


# By the form of a metric, and whether it takes each vector's own mean away.
_MAKERS: dict[tuple[Form, bool], Callable[[Shortcuts, NDArray[np.float64]], Shortcut]] = {
    ("angle", False): Shortcuts._angle,
    ("angle", True): Shortcuts._centered_angle,
    ("product", False): Shortcuts._product,
    ("straight line", False): Shortcuts._straight_line,
}
