"""From all rows to the few worth an exact score, by their shadows; alike alone and in company."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.candidates import Candidates, hopeful
from embedviz.indexes.shadows import exactly
from embedviz.indexes.shortcuts import Float32, Shortcut

Rows = NDArray[np.intp]


class ShortList:
    """The rows whose shadows are the ``count`` best, less those that float32 rules out.

    ``short`` are the stand-ins by shadow, ``full`` those of the whole vectors; ``k`` rows at least
    are left.
    """

    def __init__(
        self, vectors: Float32, short: Shortcut, full: Shortcut, count: int, k: int
    ) -> None:
        self._short = short
        self._full = full
        self._count = count
        self._k = k
        self._candidates = Candidates(vectors, short, count)

    def of(self, block: range) -> list[Rows]:
        """The short list of each query in ``block``, each in ascending order."""
        return [
            self._ruled_out(query, self._best(query, rows))
            for query, rows in zip(block, self._candidates.of(block), strict=True)
        ]

    def _best(self, query: int, rows: Rows) -> Rows:
        # What float32 leaves open at the end of the list is decided by numbers that do not depend
        # on which other queries were asked; equal ones by row.
        standins = exactly(self._short, query, rows)
        return np.sort(rows[np.lexsort((rows, -standins))[: self._count]])

    def _ruled_out(self, query: int, rows: Rows) -> Rows:
        slack = 2 * float(self._full.errors[query])
        return rows[hopeful(self._full.one(query, rows), self._k, slack)]
