"""The trust panel: what the map kept, where it is wrong, and what in it is chance."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from embedviz.plots.picture import Line
from embedviz.trust import torn
from embedviz.ui.explorer.projected import K
from embedviz.ui.session import session
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.trust_hubs import show_hubs
from embedviz.ui.vectors.trust_measured import MOST_K, largest_k, map_key, usual_k
from embedviz.ui.vectors.trust_numbers import show_numbers
from embedviz.ui.vectors.trust_shepard import show_shepard
from embedviz.ui.vectors.trust_stability import show_stability
from embedviz.ui.vectors.trust_worst import show_worst

_VIEWS: dict[str, tuple[str, Callable[[Scene, int], None]]] = {
    "numbers": ("Numbers", show_numbers),
    "worst": ("Worst points", show_worst),
    "shepard": ("All distances", show_shepard),
    "stability": ("Stability", show_stability),
    "hubs": ("Hubs", show_hubs),
}


def trust_panel(scene: Scene) -> None:
    """How far to trust the map that is drawn; one view at a time."""
    if usual_k(scene) < 1:
        st.info("A map of four points or more can be measured.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = (
            st.segmented_control(
                "Trust", list(_VIEWS), format_func=lambda name: _VIEWS[name][0], default="numbers",
                key="vectors_trust_view", bind="query-params", required=True,
            )
            or "numbers"
        )  # fmt: skip
        k = usual_k(scene)
        if view in ("numbers", "worst"):
            asked = int(
                st.number_input(
                    "Neighbors (k)", 1, MOST_K, K, key="vectors_trust_k", width=140,
                    bind="query-params", help="How many nearest neighbors of each point to look at.",
                )
            )  # fmt: skip
            k = min(asked, largest_k(scene))
            if k < asked:
                st.caption(f"{k} are taken: a third of so few points is the most.")
    _VIEWS[view][1](scene, k)


def torn_lines(scene: Scene, row: int) -> tuple[Line, ...]:
    """Lines from the point of ``row`` to its true neighbors that the map put elsewhere."""
    k = usual_k(scene)
    if k < 1:
        return ()
    key = scene.space.keys[row]
    found = session().kept(
        ("torn", *map_key(scene), row, k), lambda: torn(scene.space, scene.projection, key, k)
    )
    places = scene.projection.coordinates
    start = tuple(map(float, places[row]))
    return tuple(Line(start, tuple(map(float, places[other])), "torn") for other in found.rows)
