"""A map of very many points: their density, and those of the region in view."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import streamlit as st

from embedviz.many import ManyPoints
from embedviz.outline import Outline
from embedviz.plots.picture import Colors, Picture, categorical
from embedviz.ui.map import Looking, show_map
from embedviz.ui.map.assets import ensure_plotly_js

st.set_page_config(layout="wide")
ensure_plotly_js(Path(__file__).parent / "static")


@st.cache_resource
def cloud(n: int) -> tuple[ManyPoints, Colors]:
    rng = np.random.default_rng(0)
    group = rng.integers(0, 6, n)
    centers = np.random.default_rng(1).normal(0, 6, (6, 2))
    colors = categorical([f"group {value}" for value in group], "group")
    return ManyPoints((rng.normal(size=(n, 2)) + centers[group]).astype(np.float32)), colors


n = st.selectbox("n", [200_000, 1_000_000], key="n", bind="query-params")
points, whole = cloud(n)
heard = st.session_state.setdefault("heard", [])


@st.fragment
def the_map() -> None:
    view = st.session_state.get("view")
    version, selected = st.session_state.get("selected", (0, np.empty(0, np.intp)))
    region = points.region(view, first=selected, most=5_000)
    keys = [f"point {row}" for row in region.rows]
    colors = dataclasses.replace(whole, codes=whole.codes[region.rows])
    picture = Picture(points.coordinates[region.rows], keys, colors=colors, density=region.density)

    def outlined(corners: Outline) -> None:
        inside = points.rows_inside(corners)
        heard.append(f"outlined {len(inside)}")
        st.session_state["selected"] = (version + 1, inside)

    def cleared(rows: object) -> None:
        heard.append("cleared" if rows is None else "selected")
        st.session_state["selected"] = (version, np.empty(0, np.intp))

    looks = Looking(
        view, lambda extent: st.session_state.update(view=extent), outlined, len(selected)
    )
    events = show_map(
        picture,
        "the-map",
        looking=looks,
        select=(version, np.flatnonzero(np.isin(region.rows, selected))),
        on_click=lambda at: heard.append(f"clicked {keys[at]}"),
        on_select=cleared,
    )
    st.text(f"SELECTED {len(selected)}")
    st.text(f"DRAWN {len(region.rows)} OF {region.there}")
    if events.changed:
        st.rerun()


the_map()
runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.text(f"RUNS {runs}")
st.text("HEARD " + "; ".join(heard[-3:]))
