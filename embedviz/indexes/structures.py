"""The structures of faiss, grown in blocks on one thread: the same every time, stoppable."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.faiss_threads import faiss_alone, faiss_searching
from embedviz.progress import Cancel, OnProgress, report, stop_if

Float32 = NDArray[np.float32]

_GRAPH_BLOCK = 500  # some tenths of a second between looks at whether to stop
_LIST_BLOCK = 65_536
_ROUNDS = 10  # of k-means: more changed no recall
_FOR_EACH_CENTER = 64  # vectors that k-means looks at
_WHAT = "Building the index"


def empty_graph(d: int, M: int, ef_construction: int) -> Any:
    """An HNSW graph without nodes, for straight-line distance in ``d`` dimensions.

    Malkov and Yashunin (2018), "Efficient and Robust Approximate Nearest Neighbor Search Using
    Hierarchical Navigable Small World Graphs", IEEE TPAMI 42.
    """
    with faiss_alone() as faiss:
        graph = faiss.IndexHNSWFlat(d, M)
        graph.hnsw.efConstruction = ef_construction
        return graph


def grow_graph(
    graph: Any,
    vectors: Float32,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> None:
    """Add ``vectors`` (n, d) to a graph; raises CancelledError."""
    for start in range(0, len(vectors), _GRAPH_BLOCK):
        stop_if(cancel, _WHAT)
        stop = min(start + _GRAPH_BLOCK, len(vectors))
        with faiss_alone():
            graph.add(vectors[start:stop])
        report(on_progress, stop / len(vectors), f"{stop:,} of {len(vectors):,} in the graph")


def cells(
    vectors: Float32,
    nlist: int,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Any:
    """An inverted file (IVF) over ``nlist`` cells, at most n, that k-means finds.

    Sivic and Zisserman (2003), "Video Google", ICCV; Jégou, Douze and Schmid (2011), "Product
    Quantization for Nearest Neighbor Search", IEEE TPAMI 33. Raises CancelledError.
    """
    centers = _centers(vectors, nlist, seed, on_progress, cancel)
    with faiss_alone() as faiss:
        coarse = faiss.IndexFlatL2(vectors.shape[1])
        coarse.add(centers)
        lists = faiss.IndexIVFFlat(coarse, vectors.shape[1], nlist, faiss.METRIC_L2)
        lists.is_trained = True
    for start in range(0, len(vectors), _LIST_BLOCK):
        stop_if(cancel, _WHAT)
        with faiss_alone():
            lists.add(vectors[start : start + _LIST_BLOCK])
    report(on_progress, 1.0, f"{len(vectors):,} vectors in {nlist:,} cells")
    return lists


def _centers(
    vectors: Float32,
    nlist: int,
    seed: int,
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> Float32:
    centers = None
    for done in range(_ROUNDS):
        stop_if(cancel, _WHAT)
        with faiss_alone() as faiss:
            kmeans = faiss.Kmeans(
                vectors.shape[1], nlist, niter=1, seed=seed + 1,
                min_points_per_centroid=1, max_points_per_centroid=_FOR_EACH_CENTER,
            )  # fmt: skip
            kmeans.train(vectors, init_centroids=centers)
        centers = kmeans.centroids
        report(on_progress, 0.9 * (done + 1) / _ROUNDS, f"k-means, round {done + 1} of {_ROUNDS}")
    return np.ascontiguousarray(centers, dtype=np.float32)


def asked_graph(graph: Any, queries: Float32, k: int, ef: int) -> NDArray[np.int64]:
    """The ``k`` nodes that a beam of width ``ef`` finds for each query, −1 where it finds none."""
    with faiss_searching() as faiss:
        _, found = graph.search(queries, k, params=faiss.SearchParametersHNSW(efSearch=max(ef, k)))
    return np.asarray(found)


def asked_cells(lists: Any, queries: Float32, k: int, nprobe: int) -> NDArray[np.int64]:
    """The best ``k`` of the ``nprobe`` nearest cells for each query, −1 where there are fewer."""
    with faiss_alone() as faiss:
        _, found = lists.search(queries, k, params=faiss.SearchParametersIVF(nprobe=nprobe))
    return np.asarray(found)


def graph_nbytes(graph: Any) -> int:
    """Bytes of a graph: the vectors that it holds, the links, the levels."""
    inner = graph.hnsw
    links = 4 * inner.neighbors.size() + 8 * inner.offsets.size() + 4 * inner.levels.size()
    return int(links + 4 * graph.d * graph.ntotal)


def cells_nbytes(lists: Any) -> int:
    """Bytes of an inverted file: the vectors that it holds, their numbers, the centers."""
    return int((4 * lists.d + 8) * lists.ntotal + 4 * lists.d * lists.nlist)
