"""The graph inside of an HNSW index of faiss, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class HnswGraph:
    """Nodes, floors and links.

    Attributes
    ----------
    links : ndarray, int32
        All links, node by node and floor by floor; −1 where there is none.
    offsets : ndarray of shape (n + 1,)
        Where the links of each node begin.
    places : ndarray
        Where the links of each floor begin among those of a node.
    top : ndarray of shape (n,), int
        The highest floor on which each node stands; 0 is the ground floor, where all are.
    entry : int
        The node where every walk begins.
    """

    links: NDArray[np.int32]
    offsets: NDArray[np.int64]
    places: NDArray[np.int64]
    top: NDArray[np.int64]
    entry: int

    @property
    def floors(self) -> int:
        """How many floors there are."""
        return int(self.top.max(initial=-1)) + 1

    def neighbors(self, node: int, floor: int) -> NDArray[np.int32]:
        """The nodes that ``node`` is linked to on a floor, in the order in which faiss asks."""
        begin = self.offsets[node] + self.places[floor]
        row = self.links[begin : self.offsets[node] + self.places[floor + 1]]
        missing = np.flatnonzero(row < 0)
        return row[: missing[0]] if missing.size else row

    def on(self, floor: int) -> NDArray[np.intp]:
        """The nodes that stand on a floor."""
        return np.flatnonzero(self.top >= floor)


def graph_of(index: Any) -> HnswGraph:
    """A copy of the graph in a ``faiss.IndexHNSW``."""
    import faiss

    inner = index.hnsw
    return HnswGraph(
        faiss.vector_to_array(inner.neighbors).copy(),
        faiss.vector_to_array(inner.offsets).astype(np.int64),
        faiss.vector_to_array(inner.cum_nneighbor_per_level).astype(np.int64),
        faiss.vector_to_array(inner.levels).astype(np.int64) - 1,
        int(inner.entry_point),
    )
