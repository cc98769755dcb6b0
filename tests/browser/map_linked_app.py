"""Two linked maps of the same words in another order, and a selection that both show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from embedviz.plots.picture import Picture
from embedviz.ui.map import show_map
from embedviz.ui.map.assets import ensure_plotly_js

st.set_page_config(layout="wide")
ensure_plotly_js(Path(__file__).parent / "static")

N = 300
points = np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)
keys = [f"word{row}" for row in range(N)]
here = Picture(points, keys)
# The last word is missing there, and every other one stands in another row.
there = Picture(points[-2::-1] * 2, keys[-2::-1])

history: list[list[int]] = st.session_state.setdefault("history", [[]])


def chosen(name: str, rows: list[int]) -> None:
    st.session_state["runs_told"] = st.session_state.get("runs_told", 0) + 1
    history.append(rows if name == "here" else sorted(N - 2 - row for row in rows))


if st.button("Undo") and len(history) > 1:
    history.pop()
selected = history[-1]
version = str(selected)
columns = st.columns(2)
for column, name, picture in ((columns[0], "here", here), (columns[1], "there", there)):
    rows = selected if name == "here" else [N - 2 - row for row in selected if row < N - 1]
    with column:
        events = show_map(
            picture,
            name,
            height=420,
            select=(version, rows),
            link="words",
            on_select=lambda rows, name=name: chosen(  # type: ignore[misc]
                name, [] if rows is None else rows.tolist()
            ),
        )
        st.text(f"{name} {0 if events.selected is None else len(events.selected)}")
st.text(f"told {st.session_state.get('runs_told', 0)}")
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.text(f"run {st.session_state['runs']}")
