"""Rows that no map can use: why each was set aside, counted and listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

REASONS = ("", "missing", "infinite", "ragged", "zero", "unreadable")
"""By code: what is wrong with a row. 0 is a sound one."""

MISSING, INFINITE, RAGGED, ZERO, UNREADABLE = range(1, 6)
MEANING = {
    "missing": "a number is missing",
    "infinite": "a number is infinite, or beyond float32",
    "ragged": "it has more or fewer numbers than the others",
    "zero": "all its numbers are zero: it has no direction",
    "unreadable": "its numbers cannot be read",
}
"""Each reason in plain words."""

_LISTED = 1000
_BLOCK = 1 << 16
Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Skipped:
    """A row that never became numbers: its place in the file, from 0, its key and its code."""

    row: int
    key: str
    code: int


def codes_of(vectors: NDArray[np.float32], zeros: bool, known: Codes | None = None) -> Codes | None:
    """What is wrong with each row, of shape (n,), as codes of ``REASONS``; None if nothing is.

    With ``zeros`` a row of zeros alone is wrong too. ``known`` codes that are not 0 stay.
    """
    codes = np.zeros(len(vectors), np.uint8)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK]
        part = codes[start : start + _BLOCK]
        with np.errstate(invalid="ignore", over="ignore"):
            # One pass without a copy: a sum is finite only where all is.
            finite = bool(np.isfinite(block.sum(dtype=np.float64)))
        if not finite:
            part[~np.isfinite(block).all(axis=1)] = INFINITE
            part[np.isnan(block).any(axis=1)] = MISSING
        if zeros:
            part[~block.any(axis=1)] = ZERO
    if known is not None:
        codes[known > 0] = known[known > 0]
    return codes if codes.any() else None


def told(
    labels: Sequence[str] | None,
    codes: Codes | None,
    numbers: NDArray[np.intp],
    skipped: Sequence[Skipped],
) -> dict[str, Any]:
    """Counts by reason and the first 1,000 rows as [number from 1, key, reason]: plain JSON."""
    rows = [] if codes is None else np.flatnonzero(codes).tolist()
    found = [
        (int(numbers[row]), labels[row] if labels is not None else "", int(codes[row]))
        for row in rows
        if codes is not None
    ]
    found = sorted([*found, *((one.row, one.key, one.code) for one in skipped)])
    counts = np.bincount([code for *_, code in found], minlength=len(REASONS)).tolist()
    by_reason = {reason: counts[code] for code, reason in enumerate(REASONS) if code}
    listed = [[row + 1, key, REASONS[code]] for row, key, code in found[:_LISTED]]
    return {**by_reason, "set_aside": listed}
