"""The Images page: its head, and what a page of things needs to know of images."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.images.datasets import DATASETS
from embedviz.images.kind import IMAGE
from embedviz.images.samples import SAMPLES
from embedviz.ui.images.closer import look_closer
from embedviz.ui.images.coloring import COLORINGS
from embedviz.ui.items.item_set import ItemPage

IMAGES = ItemPage(IMAGE, SAMPLES, DATASETS, COLORINGS, look_closer)


def images_intro() -> DeltaGenerator:
    """What happens here, in two sentences; gives the row for the choices."""
    st.title("Images")
    st.markdown(
        "A network that learned to name pictures turns each image into a vector; images with near "
        "vectors look alike to it. Bring some, see them on a map, and find the look-alikes of any."
    )
    return st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
