"""How the values of a column are spread: over all rows, those kept, and those selected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.column_values import are_days, coded, moments_of, numbers_of
from embedviz.metadata.kinds import Kind

if TYPE_CHECKING:
    import pandas as pd

Counts = NDArray[np.intp]
_BINS = 24
_LABELS = 20
_DAY = 86_400


@dataclass(frozen=True, eq=False)
class Histogram:
    """Bins and how many rows fall into each.

    Attributes
    ----------
    edges : ndarray of shape (b + 1,), float64 or datetime64[s], or None
        The ends of the bins of numbers and dates; each bin holds its low end, the last both.
    labels : tuple of str
        The labels of categories, most frequent first; empty for numbers and dates.
    all, kept, selected : ndarray of int
        Rows per bin or label; of labels one more, at the end, if ``others`` is not 0.
    others : int
        How many rarer labels share that last count.
    missing : tuple of three int
        Rows without a value: of all, of those kept, of those selected.
    days : bool
        True if the values are days without a time; the bins then hold whole days.
    """

    edges: NDArray[Any] | None
    labels: tuple[str, ...]
    all: Counts
    kept: Counts
    selected: Counts
    others: int
    missing: tuple[int, int, int]
    days: bool = False


def bins_of(
    values: pd.Series[Any],
    kind: Kind,
    kept: NDArray[np.bool_] | None = None,
    selected: NDArray[np.bool_] | None = None,
) -> Histogram:
    """The histogram of one column.

    Parameters
    ----------
    values : Series of n values
    kind : str
        Numbers and dates get at most 24 even bins (whole numbers whole ones); anything else its 20
        most frequent labels, those met first where they are equally frequent.
    kept, selected : ndarray of shape (n,), bool, optional
        None: all are kept, none is selected.
    """
    edges: NDArray[Any] | None = None
    labels: tuple[str, ...] = ()
    others = 0
    if kind in ("number", "date"):
        codes, edges = _binned(values, kind)
        count = 0 if edges is None else len(edges) - 1
    else:
        codes, labels, others = _labeled(values)
        count = len(labels) + bool(others)
    known = codes >= 0
    of_all = np.ones(len(values), bool)
    of_kept = of_all if kept is None else kept
    of_selected = ~of_all if selected is None else selected
    in_bins = [
        np.bincount(codes[rows & known], minlength=count) for rows in (of_all, of_kept, of_selected)
    ]
    absent = [int(np.count_nonzero(rows & ~known)) for rows in (of_all, of_kept, of_selected)]
    return Histogram(
        edges, labels, in_bins[0], in_bins[1], in_bins[2],
        others, (absent[0], absent[1], absent[2]), kind == "date" and are_days(values),
    )  # fmt: skip


def _labeled(values: pd.Series[Any]) -> tuple[Counts, tuple[str, ...], int]:
    found = coded(values)
    order = np.argsort(-found.counts, kind="stable")
    shown = order[:_LABELS]
    place = np.full(len(found.labels) + 1, len(shown), np.intp)
    place[shown] = np.arange(len(shown))
    place[-1] = -1
    labels = tuple(found.labels[code] for code in shown)
    return place[found.codes], labels, len(found.labels) - len(shown)


def _binned(values: pd.Series[Any], kind: Kind) -> tuple[Counts, NDArray[Any] | None]:
    numbers, unit = numbers_of(values), 1
    if kind == "date":
        moments = moments_of(values)
        numbers = np.where(np.isnat(moments), np.nan, moments.astype(np.int64).astype(np.float64))
        unit = _DAY if are_days(values) else 1
        numbers /= unit
    known = ~np.isnan(numbers)
    codes = np.full(len(numbers), -1, np.intp)
    if not known.any():
        return codes, None
    edges = _edges(numbers[known])
    # By comparison with the edges themselves, so that a range of whole bins keeps exactly them.
    codes[known] = np.clip(np.searchsorted(edges, numbers[known], "right") - 1, 0, len(edges) - 2)
    if kind != "date":
        return codes, edges
    return codes, (edges.astype(np.int64) * unit).astype("datetime64[s]")


def _edges(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = float(numbers.min()), float(numbers.max())
    whole = bool(np.all(np.mod(numbers, 1) == 0)) and abs(low) < 2**52 and abs(high) < 2**52
    if whole:
        step = max(1, int(np.ceil((high - low + 1) / _BINS)))
        return np.arange(low, high + step + 1, step)[: int((high - low) // step) + 2]
    if not high > low:
        half = max(abs(low), 1.0) / 2
        return np.array([low - half, low + half])
    # Halves first: the range of two huge numbers may overflow.
    shares = np.linspace(0, 1, _BINS + 1)
    return low * (1 - shares) + high * shares
