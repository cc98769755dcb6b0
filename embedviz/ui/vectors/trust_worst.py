"""The points that the map shows worst, as a table that selects."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from embedviz.ui.messages import count
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.trust_measured import measured_with

_SHOWN = 100


def show_worst(scene: Scene, k: int) -> None:
    """The least kept points first."""
    found = measured_with(scene, k)
    if found is None:
        return
    columns = {
        "neighbors kept": found.per_point,
        "trustworthiness": found.per_point_trustworthiness,
        "continuity": found.per_point_continuity,
    }
    rows = first_rows(found.per_point + 1e-3 * found.per_point_trustworthiness)
    st.caption(
        f"The {count(len(rows), 'point')} that keep the fewest of their {k} neighbors, "
        f"{found.stated}. Choose rows to select them on the map."
    )
    table_that_selects(scene, rows, columns, "vectors_worst")


def first_rows(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """The rows of the smallest values, at most a hundred; those without a value are left out."""
    known = np.flatnonzero(~np.isnan(values))
    return known[np.argsort(values[known], kind="stable")[:_SHOWN]]


def table_that_selects(
    scene: Scene, rows: NDArray[np.intp], columns: Mapping[str, NDArray[np.float64]], key: str
) -> None:
    """A table of these rows; the rows chosen in it are selected on the map."""
    # Another table's rows are other points: what was chosen there is not chosen here.
    key = f"{key}-{zlib.crc32(rows.tobytes())}"
    shown = pd.DataFrame({"key": [scene.space.keys[row] for row in rows]})
    for name, values in columns.items():
        shown[name] = values[rows]

    def select() -> None:
        chosen = st.session_state[key].selection.rows
        scene.state.select(rows[chosen] if chosen else [])

    st.dataframe(
        shown, hide_index=True, height=260, key=key, on_select=select, selection_mode="multi-row",
        column_config={
            name: st.column_config.NumberColumn(format=_format(values[rows]))
            for name, values in columns.items()
        },
    )  # fmt: skip


def _format(values: NDArray[np.float64]) -> str:
    return "%d" if np.array_equal(values, np.rint(values)) and values.max(initial=0) > 1 else "%.3f"
