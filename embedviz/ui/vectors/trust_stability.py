"""The same map from other seeds: what of it is chance."""

from __future__ import annotations

from typing import Any

import streamlit as st

from embedviz.projections import PROJECTIONS
from embedviz.trust import Stability, stability
from embedviz.ui.explorer.settings import MapSettings
from embedviz.ui.messages import count
from embedviz.ui.session import session
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.trust_worst import first_rows, table_that_selects
from embedviz.ui.work import cancel_others, work

_RUNS = 3


def show_stability(scene: Scene, _k: int) -> None:
    """How far the map stays when only the seed changes."""
    method = PROJECTIONS[scene.settings.method]
    label = method.label
    if not method.uses_seed:
        st.info(f"{label} leaves nothing to chance: every seed gives the same map.")
        return
    key = _key(scene)
    cancel_others("stability", keep=key)
    if not st.toggle(
        f"Draw {label} from {_RUNS} seeds and compare", key="vectors_stability",
        bind="query-params", help=f"Takes about {_RUNS} times as long as the map itself.",
    ):  # fmt: skip
        st.caption(
            "Another seed gives another map. What all of them show is in the data; the rest is chance."
        )
        return
    known = found_stability(scene) is not None
    found: Stability | None = work(
        f"{label} of {count(len(scene.space), 'vector')} from {_RUNS} seeds",
        key,
        lambda on_progress, cancel: stability(
            scene.space, scene.settings.method, scene.settings.n_components,
            seeds_of(scene.settings),
            on_progress=on_progress, cancel=cancel, cache=scene.vectors.shared,
            **dict(scene.settings.params),
        ),
    )  # fmt: skip
    if found is not None and not known:
        st.rerun()  # the choice of colors, drawn before, offers it from now on
    if found is not None:
        _show(scene, found)


def found_stability(scene: Scene) -> Stability | None:
    """What was measured of this map in this session, if it was."""
    found = session().results.get(_key(scene))
    return found if isinstance(found, Stability) else None


def seeds_of(settings: MapSettings) -> tuple[int, ...]:
    """The seeds of the maps that are compared: the map's own and the next ones."""
    return tuple(settings.seed + step for step in range(_RUNS))


def _key(scene: Scene) -> tuple[Any, ...]:
    return ("stability", scene.space.vectors_fingerprint, scene.settings)


def _show(scene: Scene, found: Stability) -> None:
    numbers, table = st.columns([2, 3], gap="medium")
    seeds = ", ".join(map(str, found.seeds))
    with numbers:
        st.metric("Neighbors in common", f"{found.overlap:.0%}")
        st.caption(
            f"Of each point's {found.k} nearest on one map, so many are among its nearest on "
            f"another (seeds {seeds}). The higher, the more you may read from neighborhoods."
        )
        st.metric("Layout left over", f"{found.residual:.3f}")
        st.caption(
            "Procrustes: 0 if the maps are the same but turned, mirrored or scaled; 1 if their "
            "layouts have nothing in common."
        )
    with table:
        rows = first_rows(-found.per_point)
        st.caption(
            "The points that stray most from seed to seed, as a share of the map's size. "
            "Choose rows to select them on the map."
        )
        columns = {"strays": found.per_point, "neighbors in common": found.per_point_overlap}
        table_that_selects(scene, rows, columns, "vectors_strays")
