"""Ways to find the nearest vectors of a space: exact first, approximate ones where they pay.

Adding one is a new file and an entry in ``INDEXES``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.exact import ExactIndex
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]


class Index(Protocol):
    """What every index answers; built once for a space, then asked many times."""

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


INDEXES: dict[str, Callable[[EmbeddingSpace], Index]] = {"exact": ExactIndex}

_built: WeakKeyDictionary[EmbeddingSpace, dict[str, Index]] = WeakKeyDictionary()


def index_of(space: EmbeddingSpace, name: str = "exact") -> Index:
    """The index of this name on ``space``: built when first asked for, kept as long as the space."""
    indexes = _built.setdefault(space, {})
    if name not in indexes:
        indexes[name] = INDEXES[name](space)
    return indexes[name]
