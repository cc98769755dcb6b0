"""Edits of the metadata: a selection as a column, a value for all selected, other names."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.metadata.editing import renamed_column, with_flag, with_value
from embedviz.ui.choices import begin_option
from embedviz.ui.messages import plain
from embedviz.ui.vectors.coloring import COLOR, SIZE, option_of
from embedviz.ui.vectors.columns import Columns
from embedviz.ui.vectors.filter_state import redraw_charts
from embedviz.ui.vectors.scene import Scene

_FAILED = "vectors_edit_failed"
_EDITS = "vectors_edits_elsewhere"
_NEW = "a new column…"


def attempt(edit: Callable[[], pd.DataFrame]) -> pd.DataFrame | None:
    """What ``edit`` gives; None if it cannot be done, which is told in the next run."""
    try:
        return edit()
    except EmbedvizError as error:
        st.session_state[_FAILED] = str(error)
        return None


def tell_what_failed() -> None:
    """Say why the last edit was not made, once."""
    if said := st.session_state.pop(_FAILED, ""):
        st.error(plain(said))


def edits_elsewhere() -> int:
    """How often the table was edited, other than in the table of the selection itself."""
    return int(st.session_state.get(_EDITS, 0))


def save_as_column(scene: Scene, columns: Columns) -> None:
    """A column of flags, true for what is selected now."""

    def save() -> None:
        name = st.session_state["vectors_selection_name"]
        _edit(scene, lambda: with_flag(columns.table, scene.state.selected, name))

    with st.form("vectors_save_selection", border=False, clear_on_submit=True):
        st.text_input("Name of the new column", key="vectors_selection_name")
        st.form_submit_button(
            f"Save {len(scene.state.selected):,} as a column", on_click=save,
            help="True for the selected rows and false for the others: to color and filter by.",
        )  # fmt: skip


def set_value(scene: Scene, columns: Columns) -> None:
    """One value for all selected rows."""
    key = "vectors_set_column"
    options = [*columns.kinds, None]
    begin_option(key, options[0], options)
    chosen = st.selectbox(
        "Column", options, key=key, format_func=lambda name: _NEW if name is None else name
    )

    def write() -> None:
        name = chosen if chosen is not None else st.session_state["vectors_set_new"]
        text = st.session_state["vectors_set_value"]
        _edit(scene, lambda: with_value(columns.table, scene.state.selected, name, text))

    with st.form("vectors_set", border=False):
        if chosen is None:
            st.text_input("Name of the new column", key="vectors_set_new")
        st.text_input("Value", key="vectors_set_value", help="Empty: no value.")
        st.form_submit_button(f"Set for {len(scene.state.selected):,} selected", on_click=write)


def rename_column(scene: Scene, columns: Columns) -> None:
    """Another name for a column; filters, colors and sizes by it go on."""
    if not columns.kinds:
        st.caption("These vectors have no columns.")
        return
    key = "vectors_rename"
    begin_option(key, next(iter(columns.kinds)), columns.kinds)
    old = st.selectbox("Column", list(columns.kinds), key=key)

    def rename() -> None:
        new = " ".join(st.session_state["vectors_rename_to"].split())
        if _edit(scene, lambda: renamed_column(columns.table, old, new)):
            _follow(scene, old, new)

    with st.form("vectors_rename_form", border=False, clear_on_submit=True):
        st.text_input("New name", key="vectors_rename_to")
        st.form_submit_button("Rename", on_click=rename)


def _edit(scene: Scene, edit: Callable[[], pd.DataFrame]) -> bool:
    edited = attempt(edit)
    if edited is not None:
        scene.state.table = edited
        st.session_state[_EDITS] = edits_elsewhere() + 1
    return edited is not None


def _follow(scene: Scene, old: str, new: str) -> None:
    filters = scene.state.filters
    if old in filters:
        scene.state.filters = {new if name == old else name: c for name, c in filters.items()}
        redraw_charts()
    for key in (COLOR, SIZE):
        if st.session_state.get(key) == option_of(old):
            st.session_state[key] = option_of(new)
