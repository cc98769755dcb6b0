"""The neighbors that two spaces give the same keys."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from embedviz.product_threads import one_product_thread
from embedviz.progress import Cancel, OnProgress, Progress, stop_if
from embedviz.search import neighbors
from embedviz.space import EmbeddingSpace

_KEYS_AT_ONCE = 1024


def neighbor_overlap(
    a: EmbeddingSpace,
    b: EmbeddingSpace,
    k: int,
    metric: str,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> NDArray[np.float64]:
    """Per key the share of its k nearest that are the same in both, of shape (n,).

    The nearest are those of :func:`embedviz.neighbors`. ``a`` and ``b`` have the same keys in the
    same order.
    """
    n = len(a)
    shared = np.empty(n)
    blocks = [range(start, min(start + _KEYS_AT_ONCE, n)) for start in range(0, n, _KEYS_AT_ONCE)]

    def count(block: range) -> NDArray[np.int64]:
        stop_if(cancel, "Comparing neighbors")
        in_a, in_b = (
            neighbors(space, space.keys[block.start : block.stop], k, metric, cancel=cancel).rows
            for space in (a, b)
        )
        return shared_rows(in_a, in_b)

    # Blocks side by side, each product on one thread: there are thousands of small ones, and at the
    # end of each its threads would wait for one another. On a busy machine that is most of the time.
    with one_product_thread(), ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        for block, found in zip(blocks, pool.map(count, blocks), strict=True):
            stop_if(cancel, "Comparing neighbors")
            shared[block.start : block.stop] = found / k
            if on_progress is not None:
                done = f"neighbors of {block.stop:,} of {n:,} keys compared"
                on_progress(Progress(block.stop / n, done))
    return shared


def shared_rows(a: NDArray[np.intp], b: NDArray[np.intp]) -> NDArray[np.int64]:
    """How many numbers each row of ``a`` (m, k) has in common with that of ``b``, of shape (m,)."""
    together = np.sort(np.concatenate([a, b], axis=1), axis=1)
    # No row holds a number twice, so an equal neighbor in sorted order is a shared one.
    return np.asarray((together[:, 1:] == together[:, :-1]).sum(axis=1))
