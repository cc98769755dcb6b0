"""How many candidates a compact code must give so that the true neighbors are among them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.shortcuts import Shortcut

Rows = NDArray[np.intp]

NEIGHBORS = 10  # what is looked for; more need candidates in proportion
_COVERED = 0.998  # of the sample's neighbors have at most so many rows before them …
_MARGIN = 2  # … and other queries may have twice as many
_LEAST = 50
_AT_ONCE = 8192


def candidates_needed(shortcut: Shortcut, sample: Rows, truth: Rows) -> tuple[int, float]:
    """Candidates for the nearest 10, from rows asked as if they were not there.

    Parameters
    ----------
    shortcut : Shortcut
        Stand-ins for the vectors of ``sample`` as queries.
    sample : ndarray of shape (s,), intp
        Rows to ask.
    truth : ndarray of shape (s, 10), intp
        The exact neighbors of each, itself left out.

    Returns
    -------
    count : int
    recall : float
        The share of ``truth`` that is among so many.
    """
    before = _ranks(shortcut, sample, truth)
    count = max(_LEAST, _MARGIN * math.ceil(float(np.quantile(before, _COVERED)) + 1))
    return count, float((before < count).mean())


def without_own(rows: Rows, own: Rows) -> Rows:
    """Each line of ``rows`` without ``own`` (its last where that is not there)."""
    is_own = rows == own[:, None]
    is_own[~is_own.any(axis=1), -1] = True
    return np.asarray(rows[~is_own].reshape(len(rows), -1))


def _ranks(shortcut: Shortcut, sample: Rows, truth: Rows) -> NDArray[np.intp]:
    """How many other rows have better stand-ins than each true neighbor."""
    lines = range(len(sample))
    bars = np.stack([shortcut.one(line, truth[line]) for line in lines])
    own = np.array([shortcut.one(line, sample[line : line + 1])[0] for line in lines])
    ranks = np.zeros(truth.shape, np.intp)
    for start in range(0, len(shortcut.vectors), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        standins = shortcut.many(slice(None), rows)
        for place in range(truth.shape[1]):
            ranks[:, place] += np.count_nonzero(standins > bars[:, place], axis=0)
    return np.maximum(ranks - (own[:, None] > bars), 0)
