"""A page with a map, new points and the ways to take it away; the vectors are the same each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from embedviz.plots.picture import Picture
from embedviz.space import EmbeddingSpace
from embedviz.ui.explorer.projected import projected
from embedviz.ui.explorer.settings import MapSettings
from embedviz.ui.map import show_map
from embedviz.ui.map.assets import ensure_plotly_js
from embedviz.ui.vectors.add_points import add_points, added_marks
from embedviz.ui.vectors.coloring import choose_color, colors_for
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.set_state import edited, state_of
from embedviz.ui.vectors.take_away import take_away
from embedviz.ui.vectors.vector_set import VectorSet
from embedviz.ui.vectors.view_link import restore_selection, selection_to_link

ensure_plotly_js(Path(__file__).parent / "static")
HOSTILE = "<img src=x onerror=alert(1)></script>"


@st.cache_resource
def things() -> EmbeddingSpace:
    random = np.random.default_rng(0)
    keys = [HOSTILE, *(f"item {row}" for row in range(1, 120))]
    table = pd.DataFrame(
        {"kind": ["one", "two", "three"] * 40, "weight": random.gamma(2, size=120)}
    )
    return EmbeddingSpace(keys, random.normal(size=(120, 5)), table, "Things")


reading = "ev.read('things.npz')"
vectors = VectorSet("things", "Things", things(), True, "", reading, {"vectors": "things"})
space, state = edited(vectors), state_of(vectors)
restore_selection(space, state)
settings = MapSettings("pca", 2, 0, ())
drawn = projected(space, settings, False, "vector")
scene = Scene(vectors, space, state, settings, drawn, None)
color = choose_color(scene)
if st.button("Select two"):
    state.select([3, 5])
st.text(f"selected: {', '.join(space.keys[row] for row in state.selected)}")
map_here = st.container()
tool = st.segmented_control("Tools", ["Take away", "Add points"], default="Take away", key="tool")
tool_here = st.container()
with tool_here:
    if tool == "Add points":
        add_points(scene)
picture = Picture(
    scene.projection.coordinates, space.keys, colors=colors_for(scene, color),
    marks=added_marks(scene),
)  # fmt: skip
with tool_here:
    if tool == "Take away":
        take_away(scene, picture)
with map_here:
    show_map(picture, "things-map", height=320)
selection_to_link(space, state)
