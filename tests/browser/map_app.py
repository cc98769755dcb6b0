"""Only the map, with a widget for everything that can change under it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from embedviz.plots.picture import Line, Mark, Picture, categorical, continuous
from embedviz.ui.map import Shown, show_map
from embedviz.ui.map.assets import ensure_plotly_js
from embedviz.ui.map.sending import message

HOSTILE = "<img src=x onerror=alert(1)>"

st.set_page_config(layout="wide")
ensure_plotly_js(Path(__file__).parent / "static")


@st.cache_data
def cloud(n: int, dimensions: int, seed: int) -> tuple[np.ndarray, np.ndarray, list[str]]:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 8, n)
    centers = np.random.default_rng(0).normal(0, 6, (8, 3))
    points = (rng.normal(size=(n, 3)) + centers[group]).astype(np.float32)[:, :dimensions]
    return points, group, [HOSTILE, *(f"word{row}" for row in range(1, n))]


row = st.container(horizontal=True)
n = row.selectbox("n", [500, 2_000, 20_000, 100_000], key="n", bind="query-params")
dimensions = row.selectbox("dim", [2, 3], key="dim", bind="query-params")
color = row.selectbox("color", ["group", "half", "x", "none"], key="color", bind="query-params")
word = row.number_input("word", -1, 499, -1, key="word", bind="query-params")
seed = row.number_input("seed", 0, 9, 1, key="seed")
faded = row.checkbox("faded", key="faded")
titled = row.checkbox("titled", key="titled", bind="query-params")
hidden = row.checkbox("hidden", key="hidden")
claim = row.checkbox("claim", key="claim", bind="query-params")
sized = row.checkbox("sized", key="sized", bind="query-params")
regions = row.checkbox("regions", key="regions", bind="query-params")
page = row.selectbox("page", ["any", "ten", "half", "nothing"], key="page", bind="query-params")

points, group, keys = cloud(n, dimensions, seed)
COLORS = {
    "group": lambda: categorical([f"group {value}" for value in group], "group"),
    "half": lambda: categorical(["a" if value < 4 else HOSTILE for value in group], "half"),
    "x": lambda: continuous(points[:, 0], "first coordinate"),
    "none": lambda: None,
}
marks: tuple[Mark, ...] = ()
lines: tuple[Line, ...] = ()
focus = None
if word >= 0:
    near = np.argsort(((points - points[word]) ** 2).sum(axis=1))[:11]
    place = [tuple(map(float, points[at])) for at in near]
    marks = (
        Mark(place[0], keys[near[0]], "query"),
        *(Mark(place[i], keys[near[i]], "neighbor") for i in range(1, 9)),
        *(Mark(place[i], keys[near[i]], "new") for i in (9, 10)),
    )
    lines = tuple(Line(place[0], end) for end in place[1:9])
    lines += (Line(place[0], place[9], "arrow"), Line(place[9], place[10], "side"))
    lines += (Line(place[0], tuple(map(float, points[group != group[word]][0])), "torn"),)
    focus = (keys[word], place[0])
if regions:
    middles = [tuple(map(float, points[group == at].mean(axis=0))) for at in range(8)]
    # The second of two names at one place gives way.
    marks += tuple(
        Mark(middles[at], f"{name} {at}", "group")
        for name in ("region", "again")
        for at in range(8)
    )

picture = Picture(
    coordinates=points,
    keys=keys,
    hover=[f"row {at}\nof group {value}" for at, value in enumerate(group)],
    colors=COLORS[color](),
    marks=marks,
    lines=lines,
    sizes=np.where(np.arange(n) % 50 == 0, 40, 5).astype(np.float32) if sized else None,
    faded=group > 3 if faded else None,
    axis_titles=tuple(f"PC {i + 1} <b>" for i in range(dimensions)) if titled else (),
    description=f"A map of {n:,} made-up words",
)
if claim and "claimed" not in st.session_state:
    # As after a lost message: the server believes that the browser has what it has not.
    st.session_state["claimed"] = True
    message(picture, "the-map", 560, None, Shown.of("the-map").sent)
PAGE = {"any": None, "ten": range(10), "half": np.flatnonzero(group < 4), "nothing": ()}
heard = st.session_state.setdefault("heard", [])
if not hidden:
    events = show_map(
        picture,
        key="the-map",
        focus=focus,
        on_click=lambda at: heard.append(f"clicked {at}"),
        select=None if page == "any" else (page, PAGE[page]),
        on_select=lambda rows: heard.append("cleared" if rows is None else f"selected {len(rows)}"),
    )
    chosen = [] if events.selected is None else events.selected[:5].tolist()
    st.text(f"CLICKED {events.clicked}")
    st.text(f"SELECTED {0 if events.selected is None else len(events.selected)} {chosen}")
st.text("HEARD " + "; ".join(heard[-3:]))
