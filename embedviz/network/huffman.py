"""The tree of hierarchical softmax: frequent words near the root (Huffman 1952)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError


@dataclass(frozen=True, eq=False)
class HuffmanTree:
    """A binary tree over V words with V − 1 inner nodes; the last one is the root.

    Attributes
    ----------
    parents : ndarray of shape (2V − 1,), int64
        The inner node (0 to V − 2) above each word (first V places) and above each inner node.
    turns : ndarray of shape (2V − 1,), uint8
        Whether it is its parent's branch 0 or 1.
    """

    parents: NDArray[np.int64]
    turns: NDArray[np.uint8]

    @property
    def V(self) -> int:  # noqa: N802 - the field's letter
        """How many words."""
        return (len(self.parents) + 1) // 2

    def path(self, word: int) -> tuple[list[int], list[int]]:
        """The inner nodes from the root to a word, and the turn at each."""
        nodes, turns = [], []
        place, root = word, len(self.parents) - 1
        while place != root:
            turns.append(int(self.turns[place]))
            nodes.append(int(self.parents[place]))
            place = nodes[-1] + self.V
        return nodes[::-1], turns[::-1]

    def depths(self) -> NDArray[np.int64]:
        """How many turns lead to each word, of shape (V,)."""
        depth = np.zeros(len(self.parents), dtype=np.int64)
        for place in range(len(self.parents) - 2, -1, -1):
            depth[place] = depth[self.parents[place] + self.V] + 1
        return depth[: self.V]


def huffman_tree(counts: Sequence[int] | NDArray[np.int64]) -> HuffmanTree:
    """The tree whose mean path length, weighted by the counts, is the smallest there is.

    Raises InvalidParameterError for fewer than two words.
    """
    given = np.asarray(counts, dtype=np.int64)
    V = len(given)
    if V < 2:
        raise InvalidParameterError(f"A tree needs at least two words, got {V}.")
    leaves = np.argsort(given, kind="stable").tolist()
    weights = [*given.tolist(), *([0] * (V - 1))]
    parents, turns = np.zeros(2 * V - 1, dtype=np.int64), np.zeros(2 * V - 1, dtype=np.uint8)
    leaf = inner = 0
    for made in range(V - 1):
        pair = []
        for _ in range(2):
            # New nodes only grow in weight: both queues are sorted, and the smaller head is next.
            from_leaves = leaf < V and (
                inner >= made or weights[leaves[leaf]] <= weights[V + inner]
            )
            pair.append(leaves[leaf] if from_leaves else V + inner)
            leaf, inner = leaf + from_leaves, inner + (not from_leaves)
        weights[V + made] = weights[pair[0]] + weights[pair[1]]
        parents[pair] = made
        turns[pair[1]] = 1
    return HuffmanTree(parents, turns)
