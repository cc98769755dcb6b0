"""A short list from 63 (or 127, 255) numbers instead of thousands, then the exact scores of it."""

from __future__ import annotations

import math
import time
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.calibration import NEIGHBORS
from embedviz.indexes.exact import ExactIndex, shortcuts_of
from embedviz.indexes.reduction import Attempt
from embedviz.indexes.reporting import part_of
from embedviz.indexes.scoring import nearest_of
from embedviz.indexes.short_list import ShortList
from embedviz.metrics import METRICS, metric_named
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]

_QUERIES_AT_ONCE = 128
_WORTH = 20  # a short list of more than one row in so many saves nothing


class ReducedIndex:
    """Approximate in who is found, exact in every score and in the order.

    Each vector is kept as its coordinates along a few directions (a truncated singular value
    decomposition) and the length of the rest; the best of these stand-ins are scored in float64.
    How many is measured while building: rows of the space are asked for their known neighbors.
    Where the measured number would save nothing (vectors without leading directions, short
    vectors, few of them), or a query sticks out of the directions more than the space's own
    vectors do, every vector is compared, as in :class:`~embedviz.indexes.exact.ExactIndex`.

    Parameters
    ----------
    space : EmbeddingSpace
    seed : int
        Chooses the rows that are looked at; the same seed gives the same index.

    Attributes
    ----------
    build_seconds : float
    nbytes : int
        What it holds beside the vectors.
    dimensions : int
        Numbers kept of each vector; 0 where every vector is compared.
    candidates : dict
        By metric, how many rows are scored for the nearest 10; a metric without is answered
        by comparing every vector.
    recall : dict
        By metric, the share of the nearest 10 that was found while building; 1 if exact.

    Raises
    ------
    CancelledError
    """

    exact: ClassVar[bool] = False
    label: ClassVar[str] = "Reduced"
    help: ClassVar[str] = (
        "Several times faster among many long vectors; one neighbor in a hundred may be missed. "
        "Takes seconds to build; the scores are exact."
    )

    def __init__(
        self,
        space: EmbeddingSpace,
        *,
        seed: int = 0,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> None:
        started = time.perf_counter()
        self._vectors = space.vectors
        self._shortcuts = shortcuts_of(space)
        self._every = ExactIndex(space)
        attempt = Attempt(space.vectors, space.norms, self._shortcuts, self._every, seed)
        self._reduction = attempt.best(on_progress, cancel)
        self.candidates = dict(self._reduction.candidates)
        self.recall = {metric: self._reduction.recall.get(metric, 1.0) for metric in METRICS}
        self.build_seconds = time.perf_counter() - started
        report(on_progress, 1.0, "the index is built")

    @property
    def dimensions(self) -> int:
        """Numbers kept of each vector."""
        shadows = self._reduction.shadows
        return 0 if shadows is None else shadows.coordinates.shape[1]

    @property
    def nbytes(self) -> int:
        """Bytes held beside the vectors."""
        shadows = self._reduction.shadows
        return self._every.nbytes + (0 if shadows is None else shadows.nbytes)

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
        usual = self._usual(asked, k, metric)
        found = np.empty((len(asked), k), np.intp)
        scores = np.empty(found.shape)
        others = np.flatnonzero(~usual)
        share = len(others) / max(1, len(asked))
        if len(others):
            found[others], scores[others] = self._every.search(
                asked[others], k, metric, on_progress=part_of(on_progress, 0, share), cancel=cancel
            )
        if usual.any():
            found[usual], scores[usual] = self._few(
                asked[usual], k, metric, part_of(on_progress, share, 1), cancel
            )
        return found, scores

    def _usual(self, asked: NDArray[np.float64], k: int, metric: str) -> NDArray[np.bool_]:
        """Which queries the shadows may answer."""
        shadows = self._reduction.shadows
        full = self._shortcuts.of(metric, asked)
        few = 0 < self._count(k, metric) <= len(self._vectors) // _WORTH
        if shadows is None or full is None or not few:
            return np.zeros(len(asked), np.bool_)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.isfinite(full.errors) & ~shadows.strange(asked.astype(np.float32))

    def _few(
        self,
        asked: NDArray[np.float64],
        k: int,
        metric: str,
        on_progress: OnProgress | None,
        cancel: Cancel | None,
    ) -> tuple[Rows, Scores]:
        shadows, full = self._reduction.shadows, self._shortcuts.of(metric, asked)
        assert shadows is not None, "asked only where there are shadows"
        assert full is not None, "and stand-ins"
        count = self._count(k, metric)
        lists = ShortList(self._vectors, shadows.of(metric, full), full, count, k)
        found = np.empty((len(asked), k), np.intp)
        scores = np.empty(found.shape)
        for start in range(0, len(asked), _QUERIES_AT_ONCE):
            stop_if(cancel, "The search for neighbors")
            block = range(start, min(start + _QUERIES_AT_ONCE, len(asked)))
            for query, rows in zip(block, lists.of(block), strict=True):
                answer = nearest_of(self._vectors, rows, asked[query], k, metric)
                found[query], scores[query] = answer
            report(on_progress, block.stop / len(asked), f"query {block.stop:,} of {len(asked):,}")
        return found, scores

    def _count(self, k: int, metric: str) -> int:
        """Candidates for ``k`` neighbors; 0 where shadows do not serve this metric."""
        return math.ceil(self.candidates.get(metric, 0) * max(1.0, k / NEIGHBORS))
