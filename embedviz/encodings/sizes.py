"""What n categories weigh, one-hot or as embeddings, and what it costs to use them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from embedviz.encodings.one_hot import one_hot_sparse
from embedviz.errors import InvalidParameterError
from embedviz.product_threads import one_product_thread

MOST_MEASURED = 4000
"""Up to this many categories the dense array is made: 64 MB. Above, its size is calculated."""


_ENOUGH = 0.1  # seconds of measuring, after which a busy machine is not asked again


@dataclass(frozen=True)
class Sizes:
    """Bytes of n categories, float32 (or int32 for the label), each category once.

    Attributes
    ----------
    n, d : int
    label : int
        One int32 for each.
    dense : int
        One-hot, every 0 stored.
    dense_measured : bool
        Whether ``dense`` was read off an array, or calculated as n × n × 4.
    sparse : int
        One-hot, only the ones stored (CSR): values, columns and row starts.
    embedding : int
        d numbers for each.
    """

    n: int
    d: int
    label: int
    dense: int
    dense_measured: bool
    sparse: int
    embedding: int


@dataclass(frozen=True)
class LookupTimes:
    """Seconds to get the d numbers of a batch of categories, best of some runs.

    Attributes
    ----------
    dense : float
        A dense one-hot batch (batch, n) times the embedding matrix (n, d).
    sparse : float
        The same product with the batch in CSR.
    lookup : float
        The rows taken by their places.
    """

    dense: float
    sparse: float
    lookup: float


def representation_sizes(n: int, d: int = 64) -> Sizes:
    """What ``n`` categories weigh: bytes of real arrays, but for a dense one that is too large.

    Raises InvalidParameterError if n or d is below 1.
    """
    _check(n, d)
    measured = n <= MOST_MEASURED
    return Sizes(
        n=n,
        d=d,
        label=np.empty(n, dtype=np.int32).nbytes,
        dense=np.empty((n, n), dtype=np.float32).nbytes if measured else n * n * 4,
        dense_measured=measured,
        sparse=sparse_bytes(n),
        embedding=np.empty((n, d), dtype=np.float32).nbytes,
    )


def sparse_bytes(n: int) -> int:
    """Bytes of ``n`` different categories one-hot in CSR, read off the array."""
    rows = one_hot_sparse(np.arange(n), n)
    return int(rows.data.nbytes + rows.indices.nbytes + rows.indptr.nbytes)


def lookup_times(n: int, d: int = 64, batch: int = 32, runs: int = 3) -> LookupTimes:
    """Measure three ways to the same numbers for ``batch`` random categories of ``n``.

    A one-hot row times a matrix is a row of that matrix: what an embedding layer uses. All three
    run on one core: with more, the threads of the dense product wait for each other on a busy
    machine, and the time would tell of that. Raises InvalidParameterError if n or d is below 1.
    """
    _check(n, d)
    rng = np.random.default_rng(0)
    places = rng.integers(n, size=batch)
    W = np.full((n, d), 0.5, dtype=np.float32)
    sparse = one_hot_sparse(places, n)
    dense = sparse.toarray()
    with one_product_thread():
        return LookupTimes(
            _fastest(lambda: dense @ W, runs),
            _fastest(lambda: sparse @ W, runs),
            _fastest(lambda: W[places], runs),
        )


def _fastest(do: Callable[[], object], runs: int) -> float:
    seconds = []
    for _ in range(runs):
        start = perf_counter()
        do()
        seconds.append(perf_counter() - start)
        if sum(seconds) > _ENOUGH:
            break
    return min(seconds)


def _check(n: int, d: int) -> None:
    if n < 1 or d < 1:
        raise InvalidParameterError(f"n is {n} and d is {d}. Both are at least 1.")
