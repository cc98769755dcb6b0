"""Numbers far from 0 beside what they differ by: float32 would make many of them equal.

Float32 holds seven digits: of 10,000,000.1 and 10,000,000.4 nothing remains that tells them apart.
Such rows are centered in float64 before they become float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 1e-12  # of its size: what sums and products in float64 leave between equal numbers
_STEPS = 2000  # fewer float32 numbers than this over the span of a column lose what it says
_LOOKED_AT = 4096
_BLOCK = 1 << 22
_COUNTED = 50_000_000


def swallows(numbers: NDArray[Any]) -> bool:
    """Whether float32 would lose most of what tells ``numbers``, of shape (n, d), apart.

    Looks at up to 4,096 rows, evenly spread.
    """
    if not len(numbers) or not _longer(numbers.dtype):
        return False
    step = -(-len(numbers) // _LOOKED_AT)
    rows = np.asarray(numbers[::step], np.float64)
    rows = rows[np.isfinite(rows).all(axis=1)]
    if len(rows) < 2:
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = rows.min(axis=0), rows.max(axis=0)
        span, size = high - low, np.maximum(np.abs(low), np.abs(high))
        far = (span > 0) & (size * 2.0**-24 > span / _STEPS) & (size < np.finfo(np.float32).max)
        return bool(far.any()) and not np.array_equal(rows[:, far].astype(np.float32), rows[:, far])


def centered(numbers: NDArray[Any]) -> tuple[NDArray[np.float32], str]:
    """``numbers`` minus the mean of their finite rows, as float32, and the sentence that says so.

    Rows that differ by the rounding of float64 alone stay where they are and become the same.
    """
    if _rounding_alone(numbers):
        with np.errstate(over="ignore", invalid="ignore"):
            same = np.array(numbers, np.float32)
        finite = np.isfinite(same).all(axis=1)
        same[finite] = same[np.argmax(finite)]  # some may lie to both sides of a float32 step
        return same, (
            "The rows differ by no more than float64 rounds (a millionth of a millionth of their "
            "size): they were read as the same, as the first of them."
        )
    mean = _mean(numbers)
    vectors = np.empty(numbers.shape, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for rows in _blocks(numbers):
            vectors[rows] = np.asarray(numbers[rows], np.float64) - mean
    return vectors, (
        f"{_told(numbers)}. So the mean of all rows was subtracted from each before (they are "
        "centered): distances between them are those of the file, angles and products are about that "
        "mean."
    )


def lost(numbers: NDArray[Any]) -> str:
    """The sentence for ``numbers`` that became float32 as they were."""
    return (
        f"{_told(numbers)}. To keep them apart take the mean away first: "
        "ev.EmbeddingSpace(keys, vectors - vectors.mean(axis=0))."
    )


def _longer(dtype: np.dtype[Any]) -> bool:
    """Whether numbers of this type may hold more than float32 does."""
    return (dtype.kind == "f" and dtype.itemsize > 4) or (dtype.kind in "iu" and dtype.itemsize > 2)


def _rounding_alone(numbers: NDArray[Any]) -> bool:
    low, high = np.full(numbers.shape[1], np.inf), np.full(numbers.shape[1], -np.inf)
    for rows in _blocks(numbers):
        block = np.asarray(numbers[rows], np.float64)
        block = block[np.isfinite(block).all(axis=1)]
        low = np.minimum(low, block.min(axis=0, initial=np.inf))
        high = np.maximum(high, block.max(axis=0, initial=-np.inf))
    with np.errstate(over="ignore", invalid="ignore"):
        size = np.maximum(np.abs(low), np.abs(high))
        return bool((high - low <= size * _ROUNDING).all())


def _blocks(numbers: NDArray[Any]) -> Iterator[slice]:
    step = max(1, _BLOCK // max(1, numbers.shape[1]))
    for start in range(0, len(numbers), step):
        yield slice(start, start + step)


def _mean(numbers: NDArray[Any]) -> NDArray[np.float64]:
    total, count = np.zeros(numbers.shape[1]), 0
    # About the first row: a sum of numbers far from 0 would lose digits itself.
    about: Any = None
    for rows in _blocks(numbers):
        block = np.asarray(numbers[rows], np.float64)
        block = block[np.isfinite(block).all(axis=1)]
        if len(block):
            about = block[0] if about is None else about
            total += (block - about).sum(axis=0)
            count += len(block)
    mean: NDArray[np.float64] = total if about is None else about + total / count
    return mean


def _told(numbers: NDArray[Any]) -> str:
    said = "The numbers lie far from 0 beside what they differ by, more than float32 can tell apart"
    if numbers.size <= _COUNTED:
        exact = np.ascontiguousarray(numbers, np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            rounded = exact.astype(np.float32)
        equal = _different(exact) - _different(rounded)
        column = int(np.argmin([len(np.unique(values)) for values in rounded.T]))
        kept, there = (len(np.unique(part[:, column])) for part in (rounded, exact))
        said += (
            f": {equal:,} of {len(exact):,} rows would become equal to others, and a column "
            f"would keep {kept:,} of its {there:,} different values"
        )
    return said


def _different(rows: NDArray[Any]) -> int:
    """How many different rows there are."""
    whole = np.ascontiguousarray(rows).view(
        np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))
    )
    return len(np.unique(whole))
