"""What the panels of the Vectors page share while one run of the page is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from embedviz.projections import Projection
from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality
from embedviz.ui.explorer.projected import Drawn
from embedviz.ui.explorer.settings import MapSettings
from embedviz.ui.vectors.set_state import SetState
from embedviz.ui.vectors.vector_set import VectorSet


@dataclass(frozen=True, eq=False)
class Scene:
    """One set of vectors on its map.

    ``space`` is the set's with its metadata as edited; ``drawn.projection`` shows the same rows in
    the same order. ``kept`` says which rows the filters keep (None: all).
    """

    vectors: VectorSet
    space: EmbeddingSpace
    state: SetState
    settings: MapSettings
    drawn: Drawn
    trust: Quality | None
    kept: NDArray[np.bool_] | None = None

    @property
    def projection(self) -> Projection:
        """The map's coordinates."""
        return self.drawn.projection

    @cached_property
    def table(self) -> pd.DataFrame:
        """The metadata, read once per run; write to a copy of it."""
        return self.space.table
