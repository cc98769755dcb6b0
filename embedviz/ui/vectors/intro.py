"""The head of the Vectors page."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def vectors_intro() -> DeltaGenerator:
    """The title; gives the row that it begins, for the choices."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    row.title("Vectors", anchor=False, width="content")
    return row
