"""The selected rows as a table, whose labels can be edited."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd
import streamlit as st

from embedviz.metadata.cells import cells_of
from embedviz.metadata.editing import with_cells
from embedviz.ui.messages import plain
from embedviz.ui.vectors.columns import Columns
from embedviz.ui.vectors.picture_columns import shown_pictures
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.selection_edits import attempt, edits_elsewhere

_MOST = 1000
_HEIGHT = 216


def selected_table(scene: Scene, columns: Columns) -> None:
    """Keys and metadata of at most 1,000 selected rows; the toggle makes it editable."""
    rows = scene.state.selected[:_MOST]
    if len(scene.state.selected) > _MOST:
        st.caption(f"The first {_MOST:,} of them are listed.")
    bar = st.container(horizontal=True)
    with bar:
        edit = bool(columns.kinds) and st.toggle("Edit", key="vectors_edit")
    table = columns.table.iloc[rows].reset_index(drop=True)
    table.insert(0, "key", [scene.space.keys[row] for row in rows], allow_duplicates=True)
    names = _names(columns)
    if edit:
        _editor(scene, columns, table.set_axis(names, axis=1), names)
        return
    with bar:
        shown, pictures = shown_pictures(
            _shown(table.set_axis(names, axis=1)), columns.of_kind("image"), "vectors_pictures"
        )
    st.dataframe(
        shown, hide_index=True, height=_HEIGHT,
        column_config=_config(columns, names) | pictures, key="vectors_selected_table",
    )  # fmt: skip


def _names(columns: Columns) -> list[str]:
    """Unique names of the table's columns: the metadata may have a column "key" of its own."""
    key = "key"
    while key in columns.kinds:
        key += " "
    return [key, *columns.kinds]


def _config(columns: Columns, names: list[str]) -> dict[str, Any]:
    config: dict[str, Any] = {names[0]: st.column_config.TextColumn(width="small")}
    for name in columns.of_kind("text"):
        config[name] = st.column_config.TextColumn()
    return config


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """The table with lists and the like as text, which a grid can show."""
    table = cells_of(table)
    mixed = [name for name in table.columns if table[name].dtype == object]
    return table.assign(**{name: _texts(table[name]) for name in mixed})


def _texts(values: pd.Series[Any]) -> pd.Series[Any]:
    return values.astype(str).where(values.notna(), None)


def _editor(scene: Scene, columns: Columns, table: pd.DataFrame, names: list[str]) -> None:
    state = scene.state
    rows = state.selected[:_MOST]
    chosen = hashlib.blake2b(rows.tobytes(), digest_size=8).hexdigest()
    key = f"vectors_editor-{columns.version[0]}-{chosen}-{edits_elsewhere()}"
    # As the table was when editing began: the editor itself lays its edits over it.
    base = st.session_state.setdefault(f"{key}-base", _shown(table))

    def write() -> None:
        edits = st.session_state[key].get("edited_rows", {})
        cells = {int(rows[int(at)]): values for at, values in edits.items()}
        edited = attempt(lambda: with_cells(columns.table, cells))
        if edited is not None:
            state.table = edited

    st.data_editor(
        base, hide_index=True, height=_HEIGHT, disabled=[names[0]], num_rows="fixed",
        on_change=write, key=key,
    )  # fmt: skip
    st.caption(
        f"Click a cell to edit it. The column {plain(repr(names[0].strip()))} stays as it is."
    )
