"""What the graph and the cells of faiss share: built per metric, measured, scored exactly."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.effort import NEIGHBORS, effort_needed
from embedviz.indexes.exact import ExactIndex, shortcuts_of
from embedviz.indexes.placing import Float32, Placing
from embedviz.indexes.reporting import part_of
from embedviz.indexes.scoring import nearest_of
from embedviz.metrics import COSINE, METRICS, metric_named
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]

_LEAST = 1000  # vectors; comparing fewer takes no time
# faiss compares 20 queries or more with the centers of the cells by one matrix product, whose last
# bit depends on the company; fewer are compared one by one.
_QUERIES_AT_ONCE = 16


@dataclass(frozen=True)
class Built:
    """A structure for one metric, and how hard it has to be asked; 0 where it saves nothing."""

    placing: Placing
    structure: Any
    nbytes: int
    effort: int
    recall: float


class ApproximateIndex:
    """Approximate in who is found, exact in every score and in the order.

    faiss finds candidates; they are scored in float64. The structure for cosine is built at once,
    those for the other metrics when they are first asked for. How hard to ask (``efSearch``,
    ``nprobe``) is measured then: rows of the space are asked for their known neighbors. Every
    vector is compared where there are few, where the measured effort would save nothing, for a
    query without a direction, and for numbers that float32 distances cannot hold.

    Attributes
    ----------
    build_seconds : float
        Of all structures built so far.
    nbytes : int
        What it holds beside the vectors: mostly a copy of them for each metric asked for.
    effort, recall : dict
        By metric asked for so far: how hard it is asked for the nearest 10 (0: every vector is
        compared), and the share of them that was found while building.

    Raises
    ------
    CancelledError
    """

    exact: ClassVar[bool] = False
    label: ClassVar[str]
    help: ClassVar[str]

    def __init__(
        self,
        space: EmbeddingSpace,
        *,
        seed: int = 0,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> None:
        self._vectors, self._norms = space.vectors, space.norms
        self._safe = len(space) >= _LEAST and shortcuts_of(space).safe and bool(space.norms.any())
        self._every = ExactIndex(space)
        self._seed = seed
        self._built: dict[str, Built] = {}
        self._lock = Lock()
        self.build_seconds = 0.0
        self._for(COSINE.name, on_progress, cancel)
        report(on_progress, 1.0, "the index is built")

    @property
    def effort(self) -> dict[str, int]:
        """By metric, how hard the structure is asked for the nearest 10."""
        return {metric: built.effort for metric, built in list(self._built.items())}

    @property
    def recall(self) -> dict[str, float]:
        """By metric, the share of the nearest 10 found while building; 1 if all are compared."""
        built = list(self._built.items())  # another thread may add one
        return {name: one.recall if one.effort else 1.0 for name, one in built}

    @property
    def nbytes(self) -> int:
        """Bytes held beside the vectors."""
        return self._every.nbytes + sum(built.nbytes for built in list(self._built.values()))

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
        first = 0.9 if self._serves(metric) and metric not in self._built else 0.0
        built = self._for(metric, part_of(on_progress, 0, first), cancel)
        on_progress = part_of(on_progress, first, 1)
        effort = self._effort(built, k)
        if built is None or not effort:
            return self._every.search(asked, k, metric, on_progress=on_progress, cancel=cancel)
        places, usual = built.placing.queries(asked, built.structure.d)
        found, scores = np.empty((len(asked), k), np.intp), np.empty((len(asked), k))
        for start in range(0, len(asked), _QUERIES_AT_ONCE):
            stop_if(cancel, "The search for neighbors")
            block = range(start, min(start + _QUERIES_AT_ONCE, len(asked)))
            candidates = self._candidates(built.structure, places[block], k, effort)
            for query, rows in zip(block, candidates, strict=True):
                answer = nearest_of(self._vectors, rows, asked[query], k, metric)
                if not usual[query] or len(rows) < k:
                    every = self._every.search(asked[query : query + 1], k, metric)
                    answer = every[0][0], every[1][0]
                found[query], scores[query] = answer
            report(on_progress, block.stop / len(asked), f"query {block.stop:,} of {len(asked):,}")
        return found, scores

    def _effort(self, built: Built | None, k: int) -> int:
        """How hard to ask for ``k``; 0 where comparing every vector is as good."""
        if built is None or not built.effort:
            return 0
        effort = round(built.effort * max(1.0, k / NEIGHBORS))
        return effort if effort <= self._most() and 20 * k <= len(self._vectors) else 0

    def _serves(self, metric: str) -> bool:
        """Whether there is a structure for a metric, built or not."""
        return self._safe and METRICS[metric].form is not None

    def _for(
        self, metric: str, on_progress: OnProgress | None, cancel: Cancel | None
    ) -> Built | None:
        """The structure of a metric, built by the first who asks."""
        if not self._serves(metric):
            return None
        with self._lock:
            if metric not in self._built:
                started = time.perf_counter()
                self._built[metric] = self._build(metric, on_progress, cancel)
                self.build_seconds += time.perf_counter() - started
        return self._built[metric]

    def _build(self, metric: str, on_progress: OnProgress | None, cancel: Cancel | None) -> Built:
        placing = Placing(metric, float(self._norms.max()))
        places = placing.vectors(self._vectors, self._norms)
        structure = self._grown(places, part_of(on_progress, 0, 0.9), cancel)

        def found_by(asked: NDArray[np.float64], effort: int) -> list[Rows]:
            stop_if(cancel, "Building the index")
            placed, _ = placing.queries(asked, structure.d)
            return self._candidates(structure, placed, NEIGHBORS, effort)

        effort, recall = effort_needed(
            self._vectors, self._every, metric, self._efforts(), found_by, self._seed
        )
        if not effort:
            return Built(placing, None, 0, 0, 1.0)
        return Built(placing, structure, self._nbytes_of(structure), effort, recall)

    def _candidates(self, structure: Any, places: Float32, k: int, effort: int) -> list[Rows]:
        """What the structure offers each query: some more than ``k``, for float64 to decide."""
        wanted = k + k // 2 + 10
        found = self._asked(structure, np.ascontiguousarray(places), wanted, effort)
        return [np.sort(rows[rows >= 0]).astype(np.intp) for rows in found]

    def _efforts(self) -> Sequence[int]:
        """What may be tried, each twice the one before."""
        efforts = [self._least()]
        while efforts[-1] * 2 <= self._most():
            efforts.append(efforts[-1] * 2)
        return efforts

    @abstractmethod
    def _grown(
        self, places: Float32, on_progress: OnProgress | None, cancel: Cancel | None
    ) -> Any: ...

    @abstractmethod
    def _asked(self, structure: Any, places: Float32, k: int, effort: int) -> NDArray[np.int64]: ...

    @abstractmethod
    def _nbytes_of(self, structure: Any) -> int: ...

    @abstractmethod
    def _least(self) -> int: ...

    @abstractmethod
    def _most(self) -> int: ...
