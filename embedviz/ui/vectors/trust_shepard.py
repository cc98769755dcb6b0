"""The Shepard diagram of the drawn map."""

from __future__ import annotations

import math

import streamlit as st

from embedviz.trust import shepard
from embedviz.trust.shepard_picture import shepard_figure
from embedviz.ui.session import session
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.trust_measured import map_key


def show_shepard(scene: Scene, _k: int) -> None:
    """All distances at once: in the full space across, on the map up."""
    found = session().kept(
        ("shepard", *map_key(scene)), lambda: shepard(scene.space, scene.projection)
    )
    diagram, words = st.columns([3, 2], gap="medium")
    with diagram:
        st.plotly_chart(shepard_figure(found, None), key="vectors_shepard")
    with words:
        st.metric("Rank correlation", _number(found.spearman))
        st.caption("Spearman's: 1 if what is farther apart in the full space is so on the map too.")
        st.metric("Correlation", _number(found.pearson))
        st.caption("Pearson's: 1 if distances on the map are proportional to the true ones.")
        drawn = "all" if len(found.full) == found.of else f"{len(found.full):,} random pairs of"
        st.caption(
            f"From {drawn} {found.of:,} pairs of points. A narrow rising band: the map keeps "
            "distances far and near. A cloud: only neighborhoods, if anything, can be read from it."
        )


def _number(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:.3f}"
