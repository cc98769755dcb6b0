"""The selection panel: search, what is selected, and what can be done with it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.ui.messages import plain
from embedviz.ui.vectors.columns import Columns, columns_of
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.selection_download import download_selection
from embedviz.ui.vectors.selection_edits import (
    rename_column,
    save_as_column,
    set_value,
    tell_what_failed,
)
from embedviz.ui.vectors.selection_search import search_rows
from embedviz.ui.vectors.selection_table import selected_table
from embedviz.ui.vectors.set_state import SetState

_ACTIONS = ("Save", "Set", "Rename", "Download")
_SHORT = {"Download": "File"}  # four of them stand in one row of a narrow column


def selection_panel(scene: Scene) -> None:
    """Find rows, select them, and edit, name or download what is selected."""
    columns = columns_of(scene.vectors, scene.space, scene.state)
    tell_what_failed()
    search_rows(scene, columns)
    selected = scene.state.selected
    shown = f"**{len(selected):,}** of {len(scene.space):,} selected"
    st.markdown(shown if len(selected) else "Nothing is selected: search, or use lasso or box.")
    _history(scene.state, len(scene.space))
    if len(selected):
        selected_table(scene, columns)
    _actions(scene, columns)


def _history(state: SetState, n: int) -> None:
    rest = _inverted(state, n)
    with st.container(horizontal=True, gap="xxsmall"):
        st.button("Undo", key="vectors_undo", on_click=state.undo, disabled=not state.can_undo)
        st.button("Redo", key="vectors_redo", on_click=state.redo, disabled=not state.can_redo)
        st.button(
            "Clear", key="vectors_clear", on_click=state.select, args=([],),
            disabled=not len(state.selected),
        )  # fmt: skip
        st.button(
            "Invert", key="vectors_invert", on_click=state.select, args=(rest,),
            help=f"Select the other {len(rest):,} instead.",
        )  # fmt: skip


def _inverted(state: SetState, n: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    others = np.ones(n, bool)
    others[state.selected] = False
    return np.flatnonzero(others)


def _actions(scene: Scene, columns: Columns) -> None:
    action = st.segmented_control(
        "With the selection", _ACTIONS, key="vectors_selection_action",
        label_visibility="collapsed", format_func=lambda name: _SHORT.get(name, name),
    )  # fmt: skip
    if action == "Rename":
        rename_column(scene, columns)
    elif action and not len(scene.state.selected):
        st.caption(f"{plain(action)}: select something first.")
    elif action == "Save":
        save_as_column(scene, columns)
    elif action == "Set":
        set_value(scene, columns)
    elif action == "Download":
        download_selection(scene)
