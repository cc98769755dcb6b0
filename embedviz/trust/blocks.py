"""Work on blocks of points, side by side on the machine's cores, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

import numpy as np

from embedviz.product_threads import one_product_thread
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.trust.nearness import Rows

T = TypeVar("T")
BLOCK_BYTES = 8_000_000  # of float32 distances from one block of points to all


def by_blocks(
    rows: Rows,
    n: int,
    do: Callable[[Rows], T],
    what: str,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> list[T]:
    """``do`` for block after block of ``rows``, each against n points; results in order."""
    step = max(1, BLOCK_BYTES // (4 * n))
    parts = [rows[start : start + step] for start in range(0, len(rows), step)]
    results: dict[int, T] = {}
    done = 0
    stop_if(cancel, what)
    # NumPy lets go of the interpreter while it multiplies and sorts.
    with one_product_thread(), ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        for index, result in _finished(pool, parts, do):
            # Here, not between waits: several blocks may be done at once, each with its report.
            stop_if(cancel, what)
            results[index] = result
            done += len(parts[index])
            report(on_progress, done / len(rows), f"{done:,} of {len(rows):,} points compared")
    return [results[index] for index in range(len(parts))]


def _finished(
    pool: ThreadPoolExecutor,
    parts: list[Rows],
    do: Callable[[Rows], T],
) -> Iterator[tuple[int, T]]:
    waiting: dict[Future[T], int] = {}
    for index, part in enumerate(parts):
        waiting[pool.submit(do, part)] = index
        # As many as there are workers: results that nobody asked for yet would pile up.
        while len(waiting) >= min(4, os.cpu_count() or 1):
            yield from _first(waiting)
    while waiting:
        yield from _first(waiting)


def _first(waiting: dict[Future[T], int]) -> Iterator[tuple[int, T]]:
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        yield waiting.pop(future), future.result()


def all_rows(n: int) -> Rows:
    """0 to n − 1."""
    return np.arange(n, dtype=np.intp)
