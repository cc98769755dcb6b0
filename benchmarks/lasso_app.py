"""One map of 100,000 points, the component's or ``st.plotly_chart``'s, and how many are selected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from embedviz.plots.picture import Picture
from embedviz.ui.map import show_map
from embedviz.ui.map.assets import ensure_plotly_js

st.set_page_config(layout="wide")
ensure_plotly_js(Path(__file__).parent / "static")
N = 100_000


@st.cache_resource
def points() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)


if st.query_params.get("kind") == "map":
    events = show_map(Picture(points(), [f"item {row}" for row in range(N)]), "map")
    count = 0 if events.selected is None else len(events.selected)
else:
    x, y = points().T
    figure = go.Figure(go.Scattergl(x=x, y=y, mode="markers", marker={"size": 3}))
    figure.update_layout(dragmode="select", height=560, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    chosen = st.plotly_chart(figure, key="chart", on_select="rerun")
    count = len(chosen["selection"]["points"])
st.text(f"SELECTED {count}")
