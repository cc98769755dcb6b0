"""Brute force, cells and a graph, all by faiss on one thread: built, weighed, asked alike."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

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

_WIDEST = 512


@dataclass(frozen=True, eq=False)
class Searcher:
    """A structure of faiss over n vectors: :class:`BruteForce`, :class:`Cells` or :class:`Graph`.

    Attributes
    ----------
    method : str
        The kind of structure; one of :data:`METHODS`.
    effort_name : str
        What faiss calls the effort of a search; empty where there is none to choose.
    build_seconds : float
        On one thread.
    nbytes : int
        All it holds, the vectors among it.
    parameters : mapping
        ``nlist`` of IVF; ``M`` and ``efConstruction`` of HNSW.
    """

    method: ClassVar[str]
    effort_name: ClassVar[str] = ""

    structure: Any = field(repr=False)
    build_seconds: float
    nbytes: int
    parameters: Mapping[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many vectors are searched."""
        return int(self.structure.ntotal)

    @property
    def allowed(self) -> tuple[int, int | None]:
        """The least effort and the greatest; None for no limit."""
        return 0, 0

    def efforts(self, k: int) -> tuple[int, ...]:  # noqa: ARG002 - one signature for all
        """The efforts worth trying for ``k`` neighbors, each about twice the one before."""
        return (0,)

    def options(self, faiss: Any, k: int, effort: int) -> Any:  # noqa: ARG002
        """What faiss is told beside the query: ``nprobe`` or ``efSearch`` (never below k)."""
        return None

    def comparisons(self, queries: Float32, k: int, effort: int) -> float:  # noqa: ARG002
        """Distances that are computed for one of ``queries``, on average; counted, not timed."""
        return float(self.n)


class BruteForce(Searcher):
    """Every vector is compared."""

    method = "brute"


class Cells(Searcher):
    """Vectors in cells around centers; those of some cells are compared."""

    method = "ivf"
    effort_name = "nprobe"

    @property
    def allowed(self) -> tuple[int, int | None]:
        return 1, self.parameters["nlist"]

    def efforts(self, k: int) -> tuple[int, ...]:  # noqa: ARG002 - as in Searcher
        nlist = self.parameters["nlist"]
        return (*(1 << power for power in range(nlist.bit_length()) if 1 << power < nlist), nlist)

    def options(self, faiss: Any, k: int, effort: int) -> Any:  # noqa: ARG002 - as in Searcher
        return faiss.SearchParametersIVF(nprobe=effort)

    def comparisons(self, queries: Float32, k: int, effort: int) -> float:  # noqa: ARG002
        lists = self.structure
        with faiss_alone():
            _, probed = lists.quantizer.search(queries, effort)
            sizes = np.array([lists.invlists.list_size(cell) for cell in range(lists.nlist)])
            return float(lists.nlist + sizes[probed].sum(axis=1).mean())


class Graph(Searcher):
    """A graph of neighbors; those along a walk are compared."""

    method = "hnsw"
    effort_name = "efSearch"

    @property
    def allowed(self) -> tuple[int, int | None]:
        return 1, None

    def efforts(self, k: int) -> tuple[int, ...]:
        doubled = [1 << power for power in range(10)]
        return (k, *(ef for ef in doubled if k < ef <= max(_WIDEST, k)))

    def options(self, faiss: Any, k: int, effort: int) -> Any:
        return faiss.SearchParametersHNSW(efSearch=max(effort, k))

    def comparisons(self, queries: Float32, k: int, effort: int) -> float:
        with faiss_counting() as faiss:
            faiss.cvar.hnsw_stats.reset()
            self.structure.search(queries, k, params=self.options(faiss, k, effort))
            return float(faiss.cvar.hnsw_stats.ndis) / len(queries)


SEARCHERS: dict[str, type[Searcher]] = {kind.method: kind for kind in (BruteForce, Cells, Graph)}

METHODS: tuple[str, ...] = tuple(SEARCHERS)
"""Brute force compares every vector, IVF those of some cells, HNSW those along a walk."""


def brute_force(vectors: Float32) -> Searcher:
    """Every vector is compared: nothing to build, nothing missed."""
    with faiss_alone() as faiss:
        started = time.perf_counter()
        flat = faiss.IndexFlatL2(vectors.shape[1])
        flat.add(vectors)
        return BruteForce(flat, time.perf_counter() - started, int(vectors.nbytes))


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
    return Cells(lists, seconds, cells_nbytes(lists), {"nlist": nlist})


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
    return Graph(graph, seconds, graph_nbytes(graph), parameters)
