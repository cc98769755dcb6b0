"""20,000 points that change color, drawn by the map component or by ``st.plotly_chart``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from embedviz.plots.palettes import CATEGORICAL
from embedviz.plots.picture import Picture, categorical
from embedviz.ui.map import show_map
from embedviz.ui.map.assets import ensure_plotly_js

N = 20_000
ensure_plotly_js(Path(__file__).parent / "static")
random = np.random.default_rng(0)
points = random.standard_normal((N, 2)).astype(np.float32)
turn = st.session_state.setdefault("turn", 0)
if st.button("Next color"):
    st.session_state["turn"] = turn = turn + 1
groups = (np.arange(N) + turn) % 8
if st.query_params.get("kind") == "map":
    keys = [f"word{row}" for row in range(N)]
    show_map(Picture(points, keys, colors=categorical(groups.tolist())), key="map")
else:
    colors = [CATEGORICAL[group] for group in groups]
    trace = go.Scattergl(
        x=points[:, 0], y=points[:, 1], mode="markers", marker={"color": colors, "size": 4}
    )
    st.plotly_chart(go.Figure(trace), key="chart")
