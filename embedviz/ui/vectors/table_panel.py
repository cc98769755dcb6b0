"""The map as a table: the same content for a keyboard and a screen reader."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from embedviz.metadata.cells import cells_of
from embedviz.ui.vectors.scene import Scene

_MOST = 10_000


def table_panel(scene: Scene) -> None:
    """Keys, coordinates, metadata and trust of the points that the filters keep."""
    rows = np.arange(len(scene.space)) if scene.kept is None else np.flatnonzero(scene.kept)
    shown = rows[:_MOST]
    columns: dict[str, object] = {"key": [scene.space.keys[row] for row in shown]}
    for axis, name in enumerate("xyz"[: scene.projection.n_components]):
        columns[name] = scene.projection.coordinates[shown, axis]
    if scene.trust is not None:
        columns[f"share of its {scene.trust.k} neighbors kept"] = scene.trust.per_point[shown]
    table = pd.DataFrame(columns)
    more = scene.table.iloc[shown].reset_index(drop=True)
    table = pd.concat([table, more.drop(columns=[c for c in more if c in columns])], axis=1)
    st.dataframe(cells_of(table), hide_index=True, height=360, key="vectors_table")
    if len(rows) > _MOST:
        st.caption(f"The first {_MOST:,} of {len(rows):,} rows; 'Take away' has all of them.")
