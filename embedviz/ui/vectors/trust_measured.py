"""The measured map: once per map and number of neighbors."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from embedviz.trust import Quality, quality
from embedviz.ui.explorer.projected import K
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.work import cancel_others, work

MOST_K = 100


def usual_k(scene: Scene) -> int:
    """The neighbors that every map is measured with; fewer for few points."""
    return min(K, (len(scene.space) - 1) // 3)


def largest_k(scene: Scene) -> int:
    """The most neighbors that can be asked for."""
    return min(MOST_K, max(1, (len(scene.space) - 1) // 3))


def map_key(scene: Scene) -> tuple[Hashable, ...]:
    """What decides the coordinates that are drawn."""
    drawn = scene.projection
    params = tuple(sorted((name, str(value)) for name, value in drawn.params.items()))
    return (
        scene.space.vectors_fingerprint, drawn.method, drawn.n_components, drawn.seed, params,
    )  # fmt: skip


def measured_with(scene: Scene, k: int) -> Quality | None:
    """The drawn map measured with k neighbors, or None, with the reason or the progress shown."""
    if scene.trust is None:
        if scene.drawn.instead:
            st.info("The map asked for is on its way; it is measured as soon as it is drawn.")
        else:
            st.info("This map is not measured yet. What measures it stands under the map.")
        return None
    key = ("quality with k", *map_key(scene), k)
    cancel_others("quality with k", keep=key)
    if k == scene.trust.k:
        return scene.trust
    found: Quality | None = work(
        f"Measuring {k} neighbors of each point",
        key,
        lambda on_progress, cancel: quality(
            scene.space, scene.projection, k, None, on_progress, cancel, scene.vectors.shared
        ),
    )
    return found
