"""How often each point is a neighbor of others, counted once per set."""

from __future__ import annotations

from weakref import ref

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.ui.session import session
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.work import work

_K = 10
_UNDER_WAY = "vectors_hubs_under_way"


def hub_counts(scene: Scene) -> tuple[NDArray[np.float64] | None, int]:
    """For each row, how many points have it among their k nearest; None while that is counted."""
    from embedviz.trust.hubs import hubness

    k = hub_neighbors(len(scene.space))
    if k < 1:
        return np.zeros(len(scene.space)), k
    key = ("hub counts", scene.space.vectors_fingerprint, k)
    found = session().results.get(key)
    # Color and size may both ask in one run; the progress stands once.
    if found is None and _asked_in() is not scene:
        st.session_state[_UNDER_WAY] = ref(scene)
        found = work(
            "Counting whose neighbor each point is",
            key,
            lambda on_progress, cancel: hubness(
                scene.space, k, on_progress=on_progress, cancel=cancel
            ),
        )
    if found is not None:
        st.session_state.pop(_UNDER_WAY, None)
    return (None if found is None else found.counts), k


def hub_neighbors(n: int) -> int:
    """How many neighbors of each of ``n`` points are counted; 0 where there are too few."""
    return min(_K, (n - 1) // 2)


def _asked_in() -> Scene | None:
    """The scene in which the counting is on its way already, or None."""
    asked = st.session_state.get(_UNDER_WAY)
    return None if asked is None else asked()
