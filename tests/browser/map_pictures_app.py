"""The map with pictures as points, inside a fragment and (for comparison) outside of one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from embedviz.plots.picture import Line, Mark, Picture, categorical, continuous
from embedviz.ui.map import MapEvents, show_map
from embedviz.ui.map.assets import ensure_plotly_js

HOSTILE = "<img src=x onerror=alert(1)>"
KEY = "pictures-map"

st.set_page_config(layout="wide")
ensure_plotly_js(Path(__file__).parent / "static")
session = st.session_state
session["runs"] = session.get("runs", 0) + 1
session.setdefault("asked", [])


@st.cache_data
def cloud(n: int, dimensions: int) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    rng = np.random.default_rng(3)
    group = rng.integers(0, 6, n)
    centers = np.random.default_rng(1).normal(0, 5, (6, 3))
    return (rng.normal(0, 1.7, (n, 3)) + centers[group]).astype(np.float32)[:, :dimensions], group


@st.cache_data
def jpeg_of(row: int) -> bytes:
    """One color per row, so that a test can see whose picture is where; of three shapes."""
    size = [(96, 96), (96, 64), (64, 96)][row % 3]
    image = Image.new("RGB", size, (row * 37 % 200 + 40, row * 91 % 200 + 40, row * 53 % 200 + 40))
    if painted:
        draw = ImageDraw.Draw(image)
        for i in range(0, 96, 16):
            draw.ellipse((i, i, i + 40, i + 30), fill=(i * 2, 255 - i, (row * 13 + i) % 255))
    with io.BytesIO() as file:
        image.save(file, "JPEG", quality=85)
        return file.getvalue()


bar = st.container(horizontal=True)
n = bar.selectbox("n", [300, 5_000, 20_000], key="n", bind="query-params")
dimensions = bar.selectbox("dim", [2, 3], key="dim", bind="query-params")
color = bar.selectbox("color", ["group", "x", "none"], key="color", bind="query-params")
word = bar.number_input("word", -1, 299, -1, key="word", bind="query-params")
version = bar.selectbox("version", ["a", "b"], key="version", bind="query-params")
within = bar.checkbox("fragment", True, key="fragment", bind="query-params")
without = bar.checkbox("without", key="without", bind="query-params")
painted = bar.checkbox("painted", key="painted", bind="query-params")
broken = bar.checkbox("broken", key="broken", bind="query-params")

points, group = cloud(n, dimensions)
COLORS = {
    "group": lambda: categorical([f"group {value}" for value in group], "group"),
    "x": lambda: continuous(points[:, 0], "first coordinate"),
    "none": lambda: None,
}
keys = [HOSTILE, *(f"photo {row}.jpg" for row in range(1, n))]
marks: tuple[Mark, ...] = ()
lines: tuple[Line, ...] = ()
if word >= 0:
    near = np.argsort(((points - points[word]) ** 2).sum(axis=1))[:7]
    places = [tuple(map(float, points[at])) for at in near]
    kinds = ("query", *["neighbor"] * 6)
    marks = tuple(
        Mark(place, keys[at], kind)  # type: ignore[arg-type]
        for place, at, kind in zip(places, near, kinds, strict=True)
    )
    lines = tuple(Line(places[0], place) for place in places[1:])

picture = Picture(
    coordinates=points,
    keys=keys,
    hover=[f"row {row}\nof group {value}" for row, value in enumerate(group)],
    colors=COLORS[color](),
    marks=marks,
    lines=lines,
    description=f"A map of {n:,} made pictures",
)


def jpegs(rows: Sequence[int]) -> dict[int, bytes]:
    session["asked"].append(list(rows))
    if broken:  # every third row has none, every other third is no image
        return {row: b"no image" if row % 3 else jpeg_of(row) for row in rows if row % 3 != 1}
    return {row: jpeg_of(row) for row in rows}


def the_map(picture: Picture) -> MapEvents:
    events = show_map(
        picture,
        KEY,
        height=600,
        on_click=lambda row: session.update(clicked=row),
        thumbnails=None if without else jpegs,
        pictures_version=version,
    )
    asked = session["asked"]
    total, twice = sum(map(len, asked)), sum(map(len, asked)) - len(set().union(*asked))
    largest = max(map(len, asked), default=0)
    st.text(f"ASKED {len(asked)} times, {total} rows, {twice} twice, at most {largest}")
    if within and events.changed:
        st.rerun()
    return events


events = st.fragment(the_map)(picture) if within else the_map(picture)
selected = 0 if events.selected is None else len(events.selected)
st.text(f"PAGE run {session['runs']}, clicked {session.get('clicked')}, selected {selected}")
