"""The groups that were found: their measure, their names, and what can be done with them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from embedviz.groups import CLUSTERINGS, Clusters
from embedviz.ui.choices import begin_choice
from embedviz.ui.messages import count, plain
from embedviz.ui.vectors.coloring import BY_GROUP, COLOR
from embedviz.ui.vectors.groups_shown import GroupsShown
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.set_state import SetState

_COLUMN = "vectors_groups_column"
_BASE = "vectors_groups_base"
_LONGEST_NAME = 200
_COLUMNS = {
    "select": st.column_config.CheckboxColumn(width=55, help="Selects its points on the map."),
    "name": st.column_config.TextColumn(
        max_chars=_LONGEST_NAME,
        help="Double-click to rename. Groups of the same name count as one.",
    ),
    "points": st.column_config.NumberColumn(width=70, format="localized"),
    "in common": st.column_config.TextColumn(
        help="What stands in this group at least twice as often as outside it, or the words "
        "nearest to its center."
    ),
    "silhouette": st.column_config.NumberColumn(
        width=80, format="%.2f", help="The mean of its points."
    ),
}


def show_groups(scene: Scene, shown: GroupsShown) -> None:
    """The measure in words, the table of groups, and the tools."""
    st.markdown(summary(shown.clusters))
    st.caption(meaning(shown.clusters))
    if not shown.clusters.n_groups:
        st.button("Forget", on_click=_forget, args=(scene.state,), key="vectors_groups_forget")
        return
    _table(scene.state, shown)
    _tools(scene, shown)


def summary(clusters: Clusters) -> str:
    """``**13 groups** by HDBSCAN in the full space · 516 of 1,797 points (29%) in none · …``."""
    place = "on the map" if clusters.on == "map" else "in the full space"
    method = CLUSTERINGS[clusters.method].label
    parts = [f"**{count(clusters.n_groups, 'group')}** by {method} {place}"]
    if clusters.noise:
        share = clusters.noise / len(clusters)
        parts.append(f"{clusters.noise:,} of {len(clusters):,} points ({share:.0%}) in none")
    if not math.isnan(clusters.silhouette):
        parts.append(f"silhouette **{clusters.silhouette:.2f}**")
    return " · ".join(parts)


def meaning(clusters: Clusters) -> str:
    """What the numbers say, in plain words."""
    if not clusters.n_groups:
        return (
            "No place here is denser than its surroundings by enough. Try a smaller smallest group, "
            f"fewer neighbors for density, or k-means. {clusters.works_on}"
        )
    said = [clusters.works_on]
    if math.isnan(clusters.silhouette):
        said.append(
            "A silhouette needs two groups or more."
            if clusters.n_groups < 2
            else "No silhouette: nearly all points are in one group."
        )
    else:
        said.append(
            "Silhouette: how much nearer points are to their own group than to the next, from −1 to 1; "
            "above 0.5 groups stand apart, near 0 they run into each other; noise is left out."
        )
        grouped = len(clusters) - clusters.noise
        if clusters.measured < grouped:
            said.append(
                f"Measured on {clusters.measured:,} of {grouped:,} grouped points, drawn at random."
            )
    if clusters.on == "map" and not math.isnan(clusters.full_silhouette):
        said.append(
            f"In the full space the same groups have {clusters.full_silhouette:.2f}: that is how far "
            "they are groups of the vectors and not of the picture."
        )
    return " ".join(said)


def _table(state: SetState, shown: GroupsShown) -> None:
    key = f"vectors_groups_table_{shown.number}"
    if key not in st.session_state:
        # The editor lays its changes over the table that it was opened with.
        st.session_state[_BASE] = shown.names
    base: Sequence[str] = st.session_state[_BASE]
    st.data_editor(
        pd.DataFrame(
            {
                "select": False,
                "name": list(base),
                "points": shown.clusters.sizes,
                "in common": [", ".join(entry.words) for entry in shown.found],
                "silhouette": shown.clusters.group_silhouettes,
            }
        ),
        key=key, hide_index=True, height=min(38 + 35 * shown.clusters.n_groups, 300),
        disabled=["points", "in common", "silhouette"],
        on_change=_edited, args=(state, key),
        column_config=_COLUMNS,
    )  # fmt: skip


def _edited(state: SetState, key: str) -> None:
    shown = state.groups
    if isinstance(shown, GroupsShown):
        changes = st.session_state[key]["edited_rows"]
        apply_edits(state, shown, st.session_state[_BASE], changes)


def apply_edits(
    state: SetState, shown: GroupsShown, base: Sequence[str], changes: Mapping[Any, Any]
) -> None:
    """Names as edited over ``base``, and the points of the ticked groups selected."""
    names, ticked = list(base), []
    for row, change in changes.items():
        # An emptied cell comes as None.
        names[int(row)] = (change["name"] or "") if "name" in change else base[int(row)]
        if change.get("select"):
            ticked.append(int(row))
    if any("select" in change for change in changes.values()):
        state.select(shown.rows_named(ticked))
    state.groups = shown.renamed(names)


def _tools(scene: Scene, shown: GroupsShown) -> None:
    free = begin_choice(_COLUMN, _free_name(scene.table), lambda _: True)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = st.toggle(
            "Names on the map", value=shown.labels_on_map, key=f"vectors_groups_labels_{shown.number}",
            help="Each name stands where its group is densest.",
        )  # fmt: skip
        name = st.text_input(
            "Column", free, key=_COLUMN, width=160, max_chars=_LONGEST_NAME,
            help="The name of the new metadata column.",
        ).strip()  # fmt: skip
        taken = name in scene.table.columns
        st.button(
            "Save as column", on_click=_save, args=(scene, shown, name), disabled=taken or not name,
            key="vectors_groups_save",
            help="Writes the names into the metadata: to color and filter by, and to take away.",
        )  # fmt: skip
        if st.session_state.get(COLOR) != BY_GROUP:
            st.button("Color by group", on_click=_color, key="vectors_groups_color")
        st.button("Forget", on_click=_forget, args=(scene.state,), key="vectors_groups_forget")
    if labels != shown.labels_on_map:
        scene.state.groups = shown.with_labels(labels)
    if taken:
        st.caption(f"There is already a column {plain(name)}. Give another name to save these.")


def _free_name(table: pd.DataFrame) -> str:
    name, number = "group", 1
    while name in table.columns:
        number += 1
        name = f"group {number}"
    return name


def _save(scene: Scene, shown: GroupsShown, name: str) -> None:
    table = scene.table.copy()
    table[name] = shown.column()
    scene.state.table = table
    # Set, not dropped: the browser would keep showing the name that is now taken.
    st.session_state[_COLUMN] = _free_name(table)


def _color() -> None:
    st.session_state[COLOR] = BY_GROUP


def _forget(state: SetState) -> None:
    state.groups = None
