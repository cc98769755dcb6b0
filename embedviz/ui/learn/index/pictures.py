"""The small live pictures of the lessons: computed once for everyone on this server."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 110


@st.cache_resource(show_spinner=False)
def picture(folder: str) -> go.Figure | None:
    """What the lesson in ``embedviz/ui/learn/<folder>`` shows on its card; it holds no words.

    It is for all languages and never changed.
    """
    module = f"embedviz.ui.learn.{folder}.card"
    if find_spec(module) is None:
        return None
    figure: go.Figure = import_module(module).card()
    figure.update_layout(height=HEIGHT, hovermode=False, dragmode=False)
    return figure
