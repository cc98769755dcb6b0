"""The Images page where one more encoder is in the table: a test's, which takes pictures and words."""

from __future__ import annotations

import runpy
from pathlib import Path

import streamlit as st

from embedviz.registry import ENCODERS
from embedviz.ui import navigation
from embedviz.ui.map.assets import ensure_plotly_js

TESTS = Path(__file__).resolve().parents[1]
# By its place: an installed package may be called tests, too.
toys = runpy.run_path(str(TESTS / "toy_things.py"))
ENCODERS.setdefault("colors", toys["TWO_DOORS"])
st.set_page_config(layout="wide")
ensure_plotly_js(TESTS / "browser" / "static")
inside = navigation._in_app.set(True)  # as app.py says it: there is one page here
try:
    runpy.run_path(str(TESTS.parent / "pages" / "images.py"))
finally:
    navigation._in_app.reset(inside)
