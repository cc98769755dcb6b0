"""How far two orders of the same things agree: Kendall's τ-b and Spearman's ρ."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError

_MOST = 5_000
Values = NDArray[np.float64]


def kendall(a: ArrayLike, b: ArrayLike) -> float:
    """Kendall's τ-b of two lists of n numbers, from −1 (reversed) to 1 (the same order).

    Of all pairs, how many more stand in the same order than in the opposite one; ties count as
    neither (Kendall 1945). NaN if all numbers of a list are equal. All pairs are compared: n² work,
    at most 5,000 numbers.

    Raises InvalidParameterError for lists of different or too few or too many numbers.
    """
    first, second = _checked(a, b)
    if len(first) > _MOST:
        raise InvalidParameterError(
            f"Kendall's τ of {len(first):,} numbers compares every pair of them; at most {_MOST:,} "
            "are allowed. Take a sample."
        )
    orders = [np.sign(values[:, None] - values).astype(np.int8) for values in (first, second)]
    untied = [int(np.count_nonzero(order)) for order in orders]
    if not all(untied):
        return float("nan")
    agreeing = int((orders[0] * orders[1]).sum(dtype=np.int64))
    return agreeing / math.sqrt(untied[0] * untied[1])


def spearman(a: ArrayLike, b: ArrayLike) -> float:
    """Spearman's ρ of two lists of n numbers: the correlation of their ranks, from −1 to 1.

    Equal numbers share the mean of their ranks. NaN if all numbers of a list are equal. Raises
    InvalidParameterError for lists of different or too few numbers.
    """
    first, second = _checked(a, b)
    ranks = [mean_ranks(values) for values in (first, second)]
    apart = [line - line.mean() for line in ranks]
    sizes = [float(np.linalg.norm(line)) for line in apart]
    return float(apart[0] @ apart[1]) / (sizes[0] * sizes[1]) if all(sizes) else float("nan")


def mean_ranks(values: Values) -> Values:
    """Ranks from 1 of n numbers, of shape (n,); equal numbers share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place])


def _checked(a: ArrayLike, b: ArrayLike) -> tuple[Values, Values]:
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape or len(first) < 2:
        raise InvalidParameterError(
            f"Two orders of shapes {first.shape} and {second.shape}: both must be of the same n "
            "things, at least 2."
        )
    return first, second
