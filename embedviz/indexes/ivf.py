"""IVF: vectors in cells around centers; only the cells nearest to the query are looked into."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.approximate import ApproximateIndex
from embedviz.indexes.placing import Float32
from embedviz.indexes.structures import asked_cells, cells, cells_nbytes
from embedviz.progress import Cancel, OnProgress


class IvfIndex(ApproximateIndex):
    """Looks into the cells nearest to the query (Sivic and Zisserman 2003), through faiss.

    See :class:`~embedviz.indexes.approximate.ApproximateIndex`; ``effort`` is ``nprobe``.
    """

    label: ClassVar[str] = "IVF cells"
    help: ClassVar[str] = (
        "Looks only into the cells nearest to the query; one neighbor in a hundred may be missed. "
        "Built in seconds, holds a copy; the scores are exact."
    )

    def _grown(self, places: Float32, on_progress: OnProgress | None, cancel: Cancel | None) -> Any:
        return cells(places, self._nlist(), self._seed, on_progress, cancel)

    def _asked(self, structure: Any, places: Float32, k: int, effort: int) -> NDArray[np.int64]:
        return asked_cells(structure, places, k, effort)

    def _nbytes_of(self, structure: Any) -> int:
        return cells_nbytes(structure)

    def _least(self) -> int:
        return 1

    def _most(self) -> int:
        return self._nlist() // 2

    def _nlist(self) -> int:
        return 2 * math.isqrt(len(self._vectors))
