"""The head of the Images page."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def images_intro() -> DeltaGenerator:
    """What happens here, in two sentences; gives the row for the choices."""
    st.title("Images")
    st.markdown(
        "A network that learned to name pictures turns each image into a vector; images with near "
        "vectors look alike to it. Bring some, see them on a map, and find the look-alikes of any."
    )
    return st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
