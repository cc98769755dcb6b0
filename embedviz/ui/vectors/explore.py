"""The map of a set of vectors, the panels beside it and the tools under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from embedviz.errors import EmbedvizError
from embedviz.plots.picture import Picture
from embedviz.ui.explorer.captions import map_caption
from embedviz.ui.explorer.projected import measured, projected
from embedviz.ui.explorer.settings import map_settings
from embedviz.ui.map import show_map
from embedviz.ui.messages import count, plain, show_error
from embedviz.ui.vectors.add_points import add_points
from embedviz.ui.vectors.ask import Answer, ask_about, ask_panel
from embedviz.ui.vectors.coloring import (
    choose_color,
    choose_size,
    color_note,
    colors_for,
    size_note,
    sizes_for,
)
from embedviz.ui.vectors.filters import filter_panel, kept_rows, passing
from embedviz.ui.vectors.groups_panel import groups_panel
from embedviz.ui.vectors.many import MOST_DRAWN, show_many
from embedviz.ui.vectors.picture import Look, picture_of
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.selection import selection_panel
from embedviz.ui.vectors.set_state import edited, state_of
from embedviz.ui.vectors.table_panel import table_panel
from embedviz.ui.vectors.take_away import take_away
from embedviz.ui.vectors.trust_panel import trust_panel
from embedviz.ui.vectors.vector_set import VectorSet
from embedviz.ui.vectors.view_link import restore_selection, selection_to_link

MAP, _FROM_MAP = "vectors-map", "vectors_from_map"
_TOOLS = ("Trust", "Groups", "Add points", "Take away", "Table")


def explore_vectors(vectors: VectorSet) -> None:
    """The whole page under the choice of the vectors."""
    space = edited(vectors)
    if len(space) < 3:
        st.info(f"{count(len(space), 'vector')}: a map needs three or more.")
        return
    if space.dimensions < 2:
        st.info(
            "These vectors have one number each: a map needs two or more. Sort them in a table."
        )
        return
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    map_side, side = st.columns([7, 3], gap="medium")
    with map_side:
        map_here = st.container()
        caption_here = st.container()
    tools_here = st.container()
    with row:
        settings = map_settings(space, prefix="vectors_")
    with caption_here:
        drawn = projected(space, settings, vectors.shared, "vector")
        trust = measured(space, drawn, settings, vectors.shared, "vector")
    state = state_of(vectors)
    restore_selection(space, state)
    scene = Scene(vectors, space, state, settings, drawn, trust, kept_rows(vectors, space, state))
    _draw(scene, row, side, map_here, caption_here, tools_here)


def _draw(
    scene: Scene,
    row: DeltaGenerator,
    side: DeltaGenerator,
    map_here: DeltaGenerator,
    caption_here: DeltaGenerator,
    tools_here: DeltaGenerator,
) -> None:
    with row:
        color, size = choose_color(scene), choose_size(scene)
    with side:
        answer, torn = _beside(scene)
    with tools_here:
        tool = st.segmented_control(
            "Tools", _TOOLS, default=_TOOLS[0], key="vectors_tool", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        tool_here = st.container()
    with tool_here:
        try:
            _run_tool(tool, scene)
        except EmbedvizError as error:  # the tool has no answer; the map has one
            show_error(error)
    # What a panel has just changed (a filter, the metadata) is drawn now, not a run later.
    space = edited(scene.vectors)
    scene = replace(scene, space=space, kept=kept_rows(scene.vectors, space, scene.state))
    look = Look(colors_for(scene, color), sizes_for(scene, size))
    make = partial(picture_of, scene, look, answer, torn)
    with map_here:
        shown = _map(scene, make, answer)
    with caption_here:
        notes = (color_note(scene, color), size_note(scene, size))
        trusted = map_caption(shown, scene.drawn, scene.trust, "vector")
        st.caption(" ".join([_what(scene), trusted, *map(plain, notes)]))
    if tool == "Take away":
        with tool_here:
            take_away(scene, make())
    if scene.vectors.link:  # others could not open these: a link would only tell their keys
        selection_to_link(space, scene.state)


def _what(scene: Scene) -> str:
    """What the vectors are and where they come from."""
    space, how = scene.space, scene.vectors.how.rstrip(".")
    said = f"{how[:1].upper()}{how[1:]}." if how else ""
    return f"{count(len(space), 'vector')} × {space.dimensions}. {plain(said)}"


def _beside(scene: Scene) -> tuple[Answer | None, bool]:
    what = st.segmented_control(
        "Beside the map", ["Ask", "Filter", "Selection"], default="Ask", required=True,
        key="vectors_side", bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if what == "Filter":
        filter_panel(scene)
    elif what == "Selection":
        selection_panel(scene)
    else:
        answer = ask_panel(scene)
        torn = st.toggle(
            "Show the torn neighbors", key="vectors_torn", bind="query-params",
            help="Lines to the true neighbors of the point asked for that the map put elsewhere.",
        )  # fmt: skip
        return answer, torn
    return None, False


def _run_tool(tool: str | None, scene: Scene) -> None:
    panels: dict[str, Callable[[Scene], None]] = {
        "Trust": trust_panel, "Groups": groups_panel, "Add points": add_points, "Table": table_panel,
    }  # fmt: skip
    if tool in panels:
        panels[tool](scene)


def _map(
    scene: Scene, make: Callable[[NDArray[np.intp] | None], Picture], answer: Answer | None
) -> str:
    """Draw the map; what it shows, in words."""
    n, keys = len(scene.space), scene.space.keys

    def clicked(row: int) -> None:
        ask_about(keys[row])
        st.session_state[_FROM_MAP] = keys[row]

    if n > MOST_DRAWN:
        return show_many(scene, make, focus=_focus(scene, answer), on_click=clicked)

    def selected(rows: NDArray[np.uint32] | None) -> None:
        caught = np.empty(0, np.intp) if rows is None else rows.astype(np.intp)
        # What the filters fade is context: a line around it does not mean it.
        meant = caught if scene.kept is None else caught[scene.kept[caught]]
        scene.state.select(meant, on_map=True)
        scene.state.told += len(meant) < len(caught)

    show_map(
        make(None), MAP, focus=_focus(scene, answer),
        on_click=clicked, on_select=selected,
        select=(f"{scene.vectors.identity}-{scene.state.told}", scene.state.selected),
    )  # fmt: skip
    kept = "" if scene.kept is None else passing(int(scene.kept.sum()))
    return f"Showing all {count(n, 'vector')}.{kept}"


def _focus(scene: Scene, answer: Answer | None) -> tuple[str, tuple[float, ...]] | None:
    if answer is None or answer.row is None:
        return None
    # What was clicked on the map is in view already: moving it away would only confuse.
    if answer.label == st.session_state.get(_FROM_MAP):
        return None
    return answer.label, tuple(map(float, scene.projection.coordinates[answer.row]))
