"""All pairs of vectors that are alike, block by block: exact, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, OnProgress, report, stop_if

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Rows = NDArray[np.intp]

_ROWS, _COLUMNS = 2048, 4096  # of one block of products: 32 MB
_PAIRS_AT_ONCE = 2048
_UNIT = 2.0**-24
# A cosine in float64 is off by less; so that 1 finds what points the same way.
_TOLERANCE = 1e-12


def similar_pairs(
    vectors: Float32,
    threshold: float,
    most: int,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> tuple[Rows, Rows, Float64]:
    """Every pair whose cosine is at least ``threshold``, exactly as float64 decides it.

    Float32 products find the pairs that can be, by the bound on their error (Higham, "Accuracy
    and Stability of Numerical Algorithms", 2002, section 3.1); float64 decides on those.

    Parameters
    ----------
    vectors : ndarray of shape (n, d), float32
        One of length 0 has no direction and is like no other.
    threshold : float
        Above 0, at most 1.
    most : int
        Pairs to hold at most.

    Returns
    -------
    first, second : ndarray of shape (pairs,), intp
        Rows, ``first < second``.
    cosines : ndarray of shape (pairs,), float64

    Raises
    ------
    InvalidParameterError
        If there are more pairs than ``most``: the threshold is too low for these images.
    CancelledError
        If ``cancel`` is set.
    """
    lengths = lengths_of(vectors)
    low = threshold - (vectors.shape[1] + 8) * _UNIT
    found: list[tuple[Rows, Rows, Float64]] = []
    count, done, total = 0, 0, _products(len(vectors))
    for start, columns, products in _blocks(vectors, lengths, np.float32):
        stop_if(cancel, "The search for near-duplicates")
        # Flat first: over two dimensions NumPy's nonzero takes ten times as long.
        places = np.flatnonzero(_pairs_only(products, start, columns, -2) >= low)
        first, second = np.divmod(places, products.shape[1])
        count += first.size
        if count > most:
            raise InvalidParameterError(_too_low(threshold, most, len(vectors)))
        pairs = first + start, second + columns
        cosines = cosines_of(vectors, lengths, *pairs)
        alike = cosines >= threshold - _TOLERANCE
        found.append((pairs[0][alike], pairs[1][alike], cosines[alike]))
        done += products.size
        report(on_progress, done / total, f"{count:,} pairs of {len(vectors):,} images look alike")
    if not found:
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    rows, others, cosines = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rows, others, cosines


def lengths_of(vectors: Float32) -> Float64:
    """Length of each vector in float64, of shape (n,)."""
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    return np.asarray(np.sqrt(squares))


def cosines_of(vectors: Float32, lengths: Float64, first: Rows, second: Rows) -> Float64:
    """The cosine of each pair of rows in float64, of shape (pairs,); 0 where one has length 0."""
    cosines = np.empty(first.size)
    for start in range(0, first.size, _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        a, b = (vectors[rows[part]].astype(np.float64) for rows in (first, second))
        cosines[part] = np.einsum("ij,ij->i", a, b)
    scale = lengths[first] * lengths[second]
    np.divide(cosines, scale, out=cosines, where=scale > 0)
    return np.asarray(np.clip(cosines, -1, 1))


def least_cosine(vectors: Float32, cancel: Cancel | None = None) -> float:
    """The smallest cosine of any two of these vectors (n, d), in float64; 1 if n is 1."""
    least = 1.0
    for start, columns, products in _blocks(vectors, lengths_of(vectors), np.float64):
        stop_if(cancel, "The search for near-duplicates")
        least = min(least, float(_pairs_only(products, start, columns, 1).min()))
    return max(-1.0, least)


def _blocks(
    vectors: Float32, lengths: Float64, dtype: type[np.floating[Any]]
) -> Iterator[tuple[int, int, NDArray[Any]]]:
    """First row, first column, and the cosines (rows, columns), of all blocks with pairs."""
    for start in range(0, len(vectors), _ROWS):
        rows = _units(vectors, lengths, start, _ROWS, dtype)
        for columns in range(start, len(vectors), _COLUMNS):
            yield start, columns, rows @ _units(vectors, lengths, columns, _COLUMNS, dtype).T


def _products(n: int) -> int:
    """How many numbers all blocks have together."""
    return sum(min(_ROWS, n - start) * (n - start) for start in range(0, n, _ROWS))


def _units(
    vectors: Float32, lengths: Float64, start: int, count: int, dtype: type[np.floating[Any]]
) -> NDArray[Any]:
    part = slice(start, start + count)
    # Divided in float64: in float32 a length can overflow or vanish where its vector does not.
    divisors = np.where(lengths[part] > 0, lengths[part], 1)
    return np.asarray(vectors[part] / divisors[:, None], dtype)


def _pairs_only(products: NDArray[Any], start: int, columns: int, other: float) -> NDArray[Any]:
    """The block with ``other`` where the row does not stand before the column."""
    if columns < start + len(products):
        rows = np.arange(start, start + products.shape[0])
        products[rows[:, None] >= np.arange(columns, columns + products.shape[1])] = other
    return products


def _too_low(threshold: float, most: int, n: int) -> str:
    return (
        f"More than {most:,} pairs among {n:,} images have a similarity of about {threshold:g} or more: "
        "that is what they have in common, not near-duplicates. Raise the threshold; "
        "0.9 to 0.99 is usual."
    )
