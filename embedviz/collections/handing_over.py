"""Batches made on the caller's thread, written on another."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
_AHEAD = 2
_LOOK_SECONDS = 0.1


def written(write: Callable[[Any], T], schema: Any, batches: Iterable[Any]) -> T:
    """``write(reader)`` of ``batches`` (pyarrow RecordBatches of ``schema``), a few at a time.

    Lance reads from a thread of its own. What makes the batches (pictures from SQLite, a progress
    bar, a stop) stays on the thread that called, and an error there ends the writing unfinished
    and is raised as it is.
    """
    import pyarrow as pa

    waiting: queue.Queue[Any] = queue.Queue(_AHEAD)
    reader = pa.RecordBatchReader.from_batches(schema, _taken(waiting))
    with ThreadPoolExecutor(1, "collections") as pool:
        done = pool.submit(write, reader)
        try:
            for batch in batches:
                if not _handed(batch, waiting, done):
                    break
        except BaseException as error:
            _handed(error, waiting, done)
            with suppress(BaseException):  # it reports our own error back, in its words
                done.result()
            raise
        _handed(None, waiting, done)
        return done.result()


def _taken(waiting: queue.Queue[Any]) -> Iterator[Any]:
    while (item := waiting.get()) is not None:
        if isinstance(item, BaseException):
            raise item
        yield item


def _handed(item: Any, waiting: queue.Queue[Any], done: Future[Any]) -> bool:
    """Put ``item`` in the queue; False if the writer has ended, by an error, without it."""
    while not done.done():
        with suppress(queue.Full):
            waiting.put(item, timeout=_LOOK_SECONDS)
            return True
    # Whoever still waits for a batch is let go.
    with suppress(queue.Empty):
        waiting.get_nowait()
    with suppress(queue.Full):
        waiting.put_nowait(None)
    return False
