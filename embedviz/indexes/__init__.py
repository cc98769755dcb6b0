"""Ways to find the nearest vectors of a space: exact first, approximate ones where they pay.

Adding one is a new file and an entry in ``INDEXES``.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, ClassVar, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.indexes.exact import ExactIndex
from embedviz.indexes.hnsw import HnswIndex
from embedviz.indexes.ivf import IvfIndex
from embedviz.indexes.reduced import ReducedIndex
from embedviz.progress import Cancel, OnProgress, stop_if
from embedviz.space import EmbeddingSpace

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]

_PATIENCE = 0.2  # seconds between looks at whether to go on waiting


class Index(Protocol):
    """What every index answers; built once for a space, then asked many times, by any thread.

    Attributes
    ----------
    exact : bool
        Whether it never misses a neighbor. The scores and their order are exact in any case.
    label, help : str
        For people.
    build_seconds : float
    nbytes : int
        Bytes held beside the vectors.
    """

    exact: ClassVar[bool]
    label: ClassVar[str]
    help: ClassVar[str]
    build_seconds: float

    def __init__(
        self,
        space: EmbeddingSpace,
        *,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> None: ...

    @property
    def nbytes(self) -> int: ...

    def search(
        self,
        queries: NDArray[Any],
        k: int,
        metric: str = "cosine",
        *,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> tuple[Rows, Scores]:
        """The nearest ``k`` rows to each query, best first, ties by row, and their scores.

        Parameters
        ----------
        queries : ndarray of shape (q, d)
        k : int
            At least 1; fewer come back where fewer are left.
        metric : str
            A name from :data:`embedviz.metrics.METRICS`.

        Returns
        -------
        rows : ndarray of shape (q, k), intp
        scores : ndarray of shape (q, k), float64
        """
        ...


INDEXES: dict[str, type[Index]] = {
    "exact": ExactIndex,
    "reduced": ReducedIndex,
    "hnsw": HnswIndex,
    "ivf": IvfIndex,
}

_built: WeakKeyDictionary[EmbeddingSpace, dict[str, Index]] = WeakKeyDictionary()
_building: WeakKeyDictionary[EmbeddingSpace, dict[str, Lock]] = WeakKeyDictionary()
_lock = Lock()


def index_of(
    space: EmbeddingSpace,
    name: str = "exact",
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Index:
    """The index of this name on ``space``: built when first asked for, kept as long as the space.

    Two threads that ask at once wait for one building, not for two.

    Raises
    ------
    InvalidParameterError
        For an unknown name; it lists the known ones.
    CancelledError
    """
    if name not in INDEXES:
        names = ", ".join(map(repr, INDEXES))
        raise InvalidParameterError(f"There is no index {name!r}. Indexes: {names}.")
    with _lock:
        indexes = _built.setdefault(space, {})
        building = _building.setdefault(space, {}).setdefault(name, Lock())
    if name not in indexes:
        while not building.acquire(timeout=_PATIENCE):
            stop_if(cancel, "Waiting for the index")
        try:
            if name not in indexes:
                indexes[name] = INDEXES[name](space, on_progress=on_progress, cancel=cancel)
        finally:
            building.release()
    return indexes[name]
