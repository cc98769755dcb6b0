"""Brute force, told what it need not look at twice: the exact nearest, at the speed of memory."""

from __future__ import annotations

from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.candidates import Candidates
from embedviz.indexes.scoring import nearest_of
from embedviz.indexes.shortcuts import Shortcuts
from embedviz.metrics import metric_named
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]

_QUERIES_AT_ONCE = 128


class ExactIndex:
    """Every vector is compared; the answer is the float64 one.

    All rows get a float32 stand-in score by one matrix product. The maxima of short chunks give a
    lower bound on the k-th best, so that only a handful of rows is scored in float64. For a batch
    the (n, q) scores are never held, only the maxima.
    """

    exact: ClassVar[bool] = True
    label: ClassVar[str] = "Exact"
    help: ClassVar[str] = "Every vector is compared; nothing has to be built."
    build_seconds = 0.0

    def __init__(
        self,
        space: EmbeddingSpace,
        *,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,  # noqa: ARG002 - it is built at once
    ) -> None:
        report(on_progress, 1.0, "the index is built")
        self._vectors = space.vectors
        self._shortcuts = shortcuts_of(space)

    @property
    def nbytes(self) -> int:
        """Bytes held beside the vectors."""
        return self._shortcuts.nbytes

    def search(
        self,
        queries: NDArray[Any],
        k: int,
        metric: str = "cosine",
        *,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> tuple[Rows, Scores]:
        """See :meth:`embedviz.indexes.Index.search`."""
        metric_named(metric)
        asked = np.ascontiguousarray(queries, dtype=np.float64)
        k = min(k, len(self._vectors))
        found = np.empty((len(asked), k), np.intp)
        scores = np.empty(found.shape)
        if not k:
            return found, scores
        candidates = Candidates(self._vectors, self._shortcuts.of(metric, asked), k)
        for start in range(0, len(asked), _QUERIES_AT_ONCE):
            stop_if(cancel, "The search for neighbors")
            block = range(start, min(start + _QUERIES_AT_ONCE, len(asked)))
            for query, rows in zip(block, candidates.of(block), strict=True):
                found[query], scores[query] = nearest_of(
                    self._vectors, rows, asked[query], k, metric
                )
            report(on_progress, block.stop / len(asked), f"query {block.stop:,} of {len(asked):,}")
        return found, scores


_known: WeakKeyDictionary[EmbeddingSpace, Shortcuts] = WeakKeyDictionary()


def shortcuts_of(space: EmbeddingSpace) -> Shortcuts:
    """The stand-ins of a space: made once, dropped with it; they hold its arrays, never itself."""
    if space not in _known:
        _known[space] = Shortcuts(space.vectors, space.norms)
    return _known[space]
