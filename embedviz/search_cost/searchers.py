"""Brute force, cells and a graph, all by faiss on one thread: built, weighed, asked alike."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.indexes.faiss_threads import faiss_alone, faiss_counting
from embedviz.indexes.structures import (
    cells,
    cells_nbytes,
    empty_graph,
    graph_nbytes,
    grow_graph,
)
from embedviz.progress import Cancel, OnProgress

Float32 = NDArray[np.float32]

METHODS: tuple[str, ...] = ("brute", "ivf", "hnsw")
"""Brute force compares every vector, IVF those of some cells, HNSW those along a walk."""


@dataclass(frozen=True, eq=False)
class Searcher:
    """A structure of faiss over n vectors.

    Attributes
    ----------
    method : str
        One of :data:`METHODS`.
    build_seconds : float
        On one thread.
    nbytes : int
        All it holds, the vectors among it.
    parameters : mapping
        ``nlist`` of IVF; ``M`` and ``efConstruction`` of HNSW.
    """

    method: str
    structure: Any = field(repr=False)
    build_seconds: float
    nbytes: int
    parameters: Mapping[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many vectors are searched."""
        return int(self.structure.ntotal)

    def options(self, faiss: Any, k: int, effort: int) -> Any:
        """What faiss is told beside the query: ``nprobe`` or ``efSearch`` (never below k)."""
        if self.method == "ivf":
            return faiss.SearchParametersIVF(nprobe=effort)
        if self.method == "hnsw":
            return faiss.SearchParametersHNSW(efSearch=max(effort, k))
        return None

    def comparisons(self, queries: Float32, k: int, effort: int) -> float:
        """Distances that are computed for one of ``queries``, on average; counted, not timed."""
        if self.method == "brute":
            return float(self.n)
        if self.method == "ivf":
            with faiss_alone():
                return self._in_cells(queries, effort)
        with faiss_counting() as faiss:
            faiss.cvar.hnsw_stats.reset()
            self.structure.search(queries, k, params=self.options(faiss, k, effort))
            return float(faiss.cvar.hnsw_stats.ndis) / len(queries)

    def _in_cells(self, queries: Float32, nprobe: int) -> float:
        lists = self.structure
        _, probed = lists.quantizer.search(queries, nprobe)
        sizes = np.array([lists.invlists.list_size(cell) for cell in range(lists.nlist)])
        return float(lists.nlist + sizes[probed].sum(axis=1).mean())


def brute_force(vectors: Float32) -> Searcher:
    """Every vector is compared: nothing to build, nothing missed."""
    with faiss_alone() as faiss:
        started = time.perf_counter()
        flat = faiss.IndexFlatL2(vectors.shape[1])
        flat.add(vectors)
        return Searcher("brute", flat, time.perf_counter() - started, int(vectors.nbytes))


def ivf(
    vectors: Float32,
    nlist: int,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Searcher:
    """Cells around ``nlist`` centers, from 1 to n; raises InvalidParameterError, CancelledError."""
    if not 1 <= nlist <= len(vectors):
        raise InvalidParameterError(
            f"nlist={nlist:,} cells for {len(vectors):,} vectors: choose 1 to {len(vectors):,}."
        )
    started = time.perf_counter()
    lists = cells(vectors, nlist, seed, on_progress, cancel)
    seconds = time.perf_counter() - started
    return Searcher("ivf", lists, seconds, cells_nbytes(lists), {"nlist": nlist})


def hnsw(
    vectors: Float32,
    M: int = 16,
    ef_construction: int = 40,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Searcher:
    """A graph with ``M`` links a node and floor (2 M on the ground floor), M from 2 to 128.

    The same vectors give the same graph. Raises InvalidParameterError and CancelledError.
    """
    if not 2 <= M <= 128 or ef_construction < 1:
        raise InvalidParameterError(
            f"M={M}, efConstruction={ef_construction}: M must be 2 to 128, efConstruction 1 or more."
        )
    started = time.perf_counter()
    graph = empty_graph(vectors.shape[1], M, ef_construction)
    grow_graph(graph, vectors, on_progress, cancel)
    seconds = time.perf_counter() - started
    return of_graph(graph, seconds, M, ef_construction)


def of_graph(graph: Any, seconds: float, M: int, ef_construction: int) -> Searcher:
    """The searcher of a graph that was grown elsewhere."""
    parameters = {"M": M, "efConstruction": ef_construction}
    return Searcher("hnsw", graph, seconds, graph_nbytes(graph), parameters)
