"""Hubs of the full space, whatever the map."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.trust.hubs import hubness_of
from embedviz.ui.messages import count
from embedviz.ui.vectors.hubs import hub_counts
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.trust_worst import first_rows, table_that_selects


def show_hubs(scene: Scene, _k: int) -> None:
    """Who is a neighbor of too many, and who of nobody."""
    counts, k = hub_counts(scene)
    if counts is None:
        st.caption("The neighbors of all points are being counted.")
        return
    found = hubness_of(scene.space.keys, counts, k)
    numbers, table = st.columns([2, 3], gap="medium")
    with numbers:
        st.metric("Skewness", f"{found.skewness:.2f}")
        st.caption(
            "About 0: every point is a neighbor of as many. Above 1.5: a few hubs are near to "
            "almost everything, and lists of neighbors repeat them."
        )
        st.metric("Neighbors of nobody", f"{len(found.antihubs):,}")
        st.caption(
            f"Of {count(len(scene.space), 'point')}, in no other's list of the {k} nearest by "
            "cosine: such lists never show them."
        )
    with table:
        rows = first_rows(-counts.astype(np.float64))
        st.caption(
            f"The points in most lists of {k} neighbors; {k} would be even. "
            "Choose rows to select them on the map."
        )
        table_that_selects(scene, rows, {"in lists": counts.astype(np.float64)}, "vectors_hubs")
