"""HNSW: a graph of near neighbors with a few long-distance floors above it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.approximate import ApproximateIndex
from embedviz.indexes.placing import Float32
from embedviz.indexes.structures import asked_graph, empty_graph, graph_nbytes, grow_graph
from embedviz.progress import Cancel, OnProgress

_M, _EF_CONSTRUCTION = 32, 80


class HnswIndex(ApproximateIndex):
    """Walks a graph from neighbor to neighbor (Malkov and Yashunin 2018), through faiss.

    See :class:`~embedviz.indexes.approximate.ApproximateIndex`; ``effort`` is ``efSearch``.
    """

    label: ClassVar[str] = "HNSW graph"
    help: ClassVar[str] = (
        "Walks a graph of neighbors: the fewest comparisons among very many vectors; one neighbor "
        "in a hundred may be missed. Slow to build, holds a copy; the scores are exact."
    )

    def _grown(self, places: Float32, on_progress: OnProgress | None, cancel: Cancel | None) -> Any:
        graph = empty_graph(places.shape[1], _M, _EF_CONSTRUCTION)
        grow_graph(graph, places, on_progress, cancel)
        return graph

    def _asked(self, structure: Any, places: Float32, k: int, effort: int) -> NDArray[np.int64]:
        return asked_graph(structure, places, k, effort)

    def _nbytes_of(self, structure: Any) -> int:
        return graph_nbytes(structure)

    def _least(self) -> int:
        return 32

    def _most(self) -> int:
        # A beam of this width compares some ten times as many vectors.
        return max(self._least(), len(self._vectors) // 10)
