"""A search in an HNSW graph, hop by hop."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.search_cost.graph import HnswGraph

Distance = Callable[[NDArray[np.int32]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Hop:
    """One node whose links are followed.

    Attributes
    ----------
    floor : int
    node : int
    distance : float
        From the node to the query.
    compared : tuple of int
        The neighbors whose distance to the query is computed now (above the ground floor all of
        them, on it those not seen there before).
    distances : tuple of float
        Theirs.
    best : float
        The least distance known after this hop.
    """

    floor: int
    node: int
    distance: float
    compared: tuple[int, ...]
    distances: tuple[float, ...]
    best: float


@dataclass(frozen=True, eq=False)
class Walk:
    """What a search did, and what it found: ``found`` nearest first, with their distances."""

    hops: tuple[Hop, ...]
    found: tuple[int, ...]
    distances: tuple[float, ...]

    def seen(self, hops: int) -> tuple[int, ...]:
        """The nodes whose distance is known after so many hops, in the order of their turn."""
        order: dict[int, None] = {}
        for hop in self.hops[:hops]:
            order[hop.node] = None
            order.update(dict.fromkeys(hop.compared))
        return tuple(order)

    def comparisons(self, hops: int | None = None) -> int:
        """Distances computed in so many hops (in all of them if not given), as faiss counts."""
        return sum(len(hop.compared) for hop in self.hops[:hops])


def walk(
    graph: HnswGraph, vectors: NDArray[np.float32], query: NDArray[np.float32], ef: int, k: int = 10
) -> Walk:
    """Search the graph as faiss does: greedily down the floors, then with a beam on the ground.

    Malkov and Yashunin (2018), algorithms 2 and 5. Distances are Euclidean.

    Parameters
    ----------
    vectors : ndarray of shape (n, d)
        What the graph was built on.
    query : ndarray of shape (d,)
    ef : int
        The width of the beam; at least k counts.

    Raises
    ------
    InvalidParameterError
        For k or ef below 1, or a graph without nodes.
    """
    if k < 1 or ef < 1 or not len(vectors):
        raise InvalidParameterError(
            f"k={k}, ef={ef}, {len(vectors)} vectors: each must be at least 1."
        )

    def distance(nodes: NDArray[np.int32]) -> NDArray[np.float64]:
        return np.asarray(
            np.linalg.norm(vectors[nodes].astype(np.float64) - query.astype(np.float64), axis=1)
        )

    hops: list[Hop] = []
    node = graph.entry
    away = float(distance(np.array([node], np.int32))[0])
    for floor in range(int(graph.top[graph.entry]), 0, -1):
        node, away = _descend(graph, floor, node, away, distance, hops)
    found = _beam(graph, node, away, max(ef, k), distance, hops)[:k]
    return Walk(tuple(hops), tuple(at for _, at in found), tuple(far for far, _ in found))


def nearest_nodes(
    vectors: NDArray[np.float32], query: NDArray[np.float32], k: int
) -> tuple[int, ...]:
    """The k rows of ``vectors`` that are truly nearest, nearest first: what a walk should find."""
    away = np.linalg.norm(vectors.astype(np.float64) - query.astype(np.float64), axis=1)
    return tuple(np.argsort(away, kind="stable")[:k].tolist())


def _descend(
    graph: HnswGraph, floor: int, node: int, away: float, distance: Distance, hops: list[Hop]
) -> tuple[int, float]:
    """Go to the nearest neighbor while there is a nearer one."""
    while True:
        neighbors = graph.neighbors(node, floor)
        distances = distance(neighbors)
        nearest = int(distances.argmin()) if neighbors.size else -1
        better = nearest >= 0 and distances[nearest] < away
        best = float(distances[nearest]) if better else away
        hops.append(_hop(floor, node, away, neighbors, distances, best))
        if not better:
            return node, away
        node, away = int(neighbors[nearest]), best


def _beam(
    graph: HnswGraph, node: int, away: float, ef: int, distance: Distance, hops: list[Hop]
) -> list[tuple[float, int]]:
    """The nearest ``ef`` that following the nearest open node leads to, nearest first."""
    seen = {node}
    open_nodes = [(away, node)]
    kept = [(-away, -node)]  # the farthest is on top
    best = away
    while open_nodes:
        away, node = heapq.heappop(open_nodes)
        if len(kept) == ef and away > -kept[0][0]:
            break
        fresh = np.array([n for n in graph.neighbors(node, 0) if int(n) not in seen], np.int32)
        distances = distance(fresh)
        seen.update(fresh.tolist())
        best = min(best, float(distances.min(initial=np.inf)))
        hops.append(_hop(0, node, away, fresh, distances, best))
        for far, other in zip(distances.tolist(), fresh.tolist(), strict=True):
            if len(kept) < ef or far < -kept[0][0]:
                heapq.heappush(open_nodes, (far, other))
                heapq.heappush(kept, (-far, -other))
                if len(kept) > ef:
                    heapq.heappop(kept)
    return sorted((-far, -other) for far, other in kept)


def _hop(
    floor: int,
    node: int,
    away: float,
    compared: NDArray[np.int32],
    distances: NDArray[np.float64],
    best: float,
) -> Hop:
    return Hop(floor, node, away, tuple(compared.tolist()), tuple(distances.tolist()), best)
