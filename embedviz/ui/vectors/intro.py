"""The head of the Vectors page."""

from __future__ import annotations

import streamlit as st


def vectors_intro() -> None:
    """The title."""
    st.title("Vectors")
