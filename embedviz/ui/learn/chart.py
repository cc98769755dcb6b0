"""Charts of the lessons: the page's theme, larger type for a teacher, no buttons in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embedviz.ui.learn.teacher import teaching

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LARGE = 18


def show_chart(figure: go.Figure, key: str, alt: str) -> None:
    """Draw a figure of the core.

    Parameters
    ----------
    key : str
        Unique on the page; the same for the same chart from run to run.
    alt : str
        What it shows, for a screen reader.
    """
    if teaching():
        figure.update_layout(font_size=_LARGE)
        figure.update_annotations(font_size=_LARGE)
    st.plotly_chart(figure, theme="streamlit", key=key, alt=alt, config={"displayModeBar": False})
