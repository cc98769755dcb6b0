"""The Images page: its head, and what a page of things needs to know of images."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.images.datasets import DATASETS
from embedviz.images.kind import IMAGE
from embedviz.images.samples import SAMPLES
from embedviz.ui.images.closer import look_closer
from embedviz.ui.images.coloring import COLORINGS
from embedviz.ui.items.item_set import ItemPage


def _camera() -> Any:
    st.caption(
        "Browsers allow the camera only on this machine's own address (localhost) or over HTTPS; "
        "elsewhere the box below stays dark."
    )
    return st.camera_input("Take a picture", key="query-camera", label_visibility="collapsed")


IMAGES = ItemPage(IMAGE, SAMPLES, DATASETS, COLORINGS, look_closer, ("Camera", _camera))


def images_intro() -> DeltaGenerator:
    """What happens here, in two sentences; gives the row for the choices."""
    st.title("Images")
    st.markdown(
        "A network that learned to name pictures turns each image into a vector; images with near "
        "vectors look alike to it. Bring some, see them on a map, and find the look-alikes of any."
    )
    return st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
