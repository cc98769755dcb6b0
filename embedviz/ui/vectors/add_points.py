"""New points on an existing map: from a file, pasted, or by key from the model the map is of."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.metrics import EUCLIDEAN, metric_named
from embedviz.pasted_vectors import pasted_vectors
from embedviz.progress import Cancel, OnProgress
from embedviz.projections import PROJECTIONS
from embedviz.search import neighbors
from embedviz.space import EmbeddingSpace
from embedviz.ui.messages import count, plain, show_error
from embedviz.ui.session import session
from embedviz.ui.vectors.add_points_file import points_of_file
from embedviz.ui.vectors.add_points_keys import asked_keys, fuller_model, points_of_keys
from embedviz.ui.vectors.added_points import AddedPoints, added_marks, version_of
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.work import work

__all__ = ["AddedPoints", "add_points", "added_marks"]

MOST = 1000
_PASTE, _FILE, _KEYS = "Pasted", "A file", "By key"
_HOW = {
    "exact": "Each new point lies where the map's own formula puts it: exact.",
    "batch-independent": (
        "Each new point is placed by itself among its neighbors; the map stays as it is. Placed, "
        "not fitted: the map was made without it."
    ),
    "batch-dependent": (
        "New points are placed together: in other company the same point lands elsewhere, by as "
        "much as its neighborhood is wide. The map stays as it is."
    ),
}


def add_points(scene: Scene) -> None:
    """Bring new vectors and place them; those that were added, and what they are near to."""
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _bring(scene)
    with right:
        added = scene.state.added
        if isinstance(added, AddedPoints):
            _placed(scene, added)
        else:
            st.caption(
                f"New points are drawn hollow. {_HOW[PROJECTIONS[scene.projection.method].transforms]}"
            )


def _bring(scene: Scene) -> None:
    ways = [_PASTE, _FILE] if fuller_model(scene.space) is None else [_KEYS, _PASTE, _FILE]
    way = st.segmented_control(
        "New points", ways, default=ways[0], required=True, key=f"vectors_add-{len(ways)}",
        help="They are placed on the map that is there; the map is not made again.",
    )  # fmt: skip
    try:
        if way == _FILE:
            new = points_of_file(scene.space.dimensions, MOST)
        elif way == _KEYS:
            new = points_of_keys(scene.space, *asked_keys(scene.space))
        else:
            new = _pasted(scene)
    except EmbedvizError as error:
        show_error(error)
        return
    if new is not None:
        scene.state.added = AddedPoints(*new)


def _pasted(scene: Scene) -> tuple[EmbeddingSpace, str] | None:
    d = scene.space.dimensions
    with st.form("vectors_add_form", border=False):
        text = st.text_area(
            f"Vectors of {d:,} numbers, a line for each", height=110, key="vectors_add_text",
            placeholder="my point  0.12, 0.5, …",
            help="Numbers separated by spaces, commas or tabs; a name may stand in front.",
        )  # fmt: skip
        pressed = st.form_submit_button("Place them", type="primary")
    return (pasted_vectors(text, d, MOST), "pasted") if pressed else None


def _placed(scene: Scene, added: AddedPoints) -> None:
    """Place the points on this map if they are not there yet, and say where they are."""
    projection, method = scene.projection, PROJECTIONS[scene.projection.method]
    if scene.drawn.instead:
        st.caption(f"{scene.drawn.instead} New points wait for it.")
        return
    key = (
        "added", scene.space.vectors_fingerprint, added.space.vectors_fingerprint,
        version_of(projection),
    )  # fmt: skip

    def do(on_progress: OnProgress, cancel: Cancel) -> object:
        return projection.transform(added.space, on_progress=on_progress, cancel=cancel)

    if added.on(projection) is None:
        if projection.from_cache and method.restore is None:
            st.caption(
                f"{method.label} must fit its model again first: this map was kept on disk, its "
                "model was not. It takes as long as the map took."
            )
        coordinates = work(f"Placing {count(len(added.space), 'point')}", key, do)
        if coordinates is None:
            if key in session().finished:
                _forget_button(scene)
            return
        added.place(projection, coordinates)
    st.caption(
        f"{count(len(added.space), 'new point')} ({plain(added.how)}) drawn hollow. "
        f"{_HOW[method.transforms]}{_beyond(scene, added)}"
    )
    st.dataframe(_nearest(scene, added), hide_index=True, height=200)
    _forget_button(scene)


def _beyond(scene: Scene, added: AddedPoints) -> str:
    """Says that some lie where the view, which shows the map's own points, may not reach."""
    places, own = added.on(scene.projection), scene.projection.coordinates
    if places is None:
        return ""
    outside = int(((places < own.min(axis=0)) | (places > own.max(axis=0))).any(axis=1).sum())
    return f" {outside:,} beyond the map's own points: zoom out to see." if outside else ""


def _nearest(scene: Scene, added: AddedPoints) -> pd.DataFrame:
    """What each new point is nearest to, in the full space."""
    key = ("near added", scene.space.vectors_fingerprint, added.space.vectors_fingerprint)
    measure = metric_named(scene.projection.metric)
    both = (scene.space.vectors, added.space.vectors)
    if any(measure.without_direction(vectors).any() for vectors in both):
        measure = EUCLIDEAN  # what has no direction cannot be compared by it
    found = session().kept(
        (*key, measure.name),
        lambda: neighbors(scene.space, added.space.vectors, k=1, metric=measure.name),
    )
    label = "distance" if measure.is_distance else measure.name
    nearest = [keys[0] for keys in found.keys]
    scores = [float(row[0]) for row in found.scores]
    return pd.DataFrame(
        {"new point": added.space.keys, "nearest in the full space": nearest, label: scores}
    )


def _forget_button(scene: Scene) -> None:
    def forget() -> None:
        scene.state.added = None

    st.button("Take them off the map", on_click=forget, key="vectors_added_forget")
