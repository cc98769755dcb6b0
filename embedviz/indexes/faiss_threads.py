"""The one door to faiss: on one thread, whoever calls it.

faiss brings its own OpenMP, which may be the very one that scikit-learn or torch brought first
(the loader takes the library of the same name that is already there). Its number of threads belongs
to the calling thread, and torch asks the same number: so it is put back, in the same thread.

One thread gives the same graph every time, and a latency that does not depend on what else the
machine does with its other cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Lock
from typing import Any

_gate = Lock()  # held by the one who counts, so that no other search begins
_changed = Condition()
_searches = set[object]()


@contextmanager
def faiss_alone() -> Iterator[Any]:
    """The faiss module, which uses the calling thread only until the block ends."""
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield faiss
    finally:
        faiss.omp_set_num_threads(before)


@contextmanager
def faiss_searching() -> Iterator[Any]:
    """The same to search a graph in, so that :func:`faiss_counting` knows of it. Not nested."""
    search = object()
    with _gate, _changed:
        _searches.add(search)
    try:
        with faiss_alone() as faiss:
            yield faiss
    finally:
        with _changed:
            _searches.remove(search)
            _changed.notify_all()


@contextmanager
def faiss_counting() -> Iterator[Any]:
    """The same while no other thread searches a graph: faiss counts for the whole process."""
    with _gate:
        with _changed:
            _changed.wait_for(lambda: not _searches)
        with faiss_alone() as faiss:
            yield faiss
