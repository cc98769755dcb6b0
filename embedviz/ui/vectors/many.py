"""The map of very many vectors: their density, and the points of the region in view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.density import Extent
from embedviz.many import MOST_DRAWN, MOST_IN_REGION, ManyPoints, Region
from embedviz.outline import Outline
from embedviz.plots.picture import Picture
from embedviz.projections import Projection
from embedviz.ui.map import Looking, show_map
from embedviz.ui.map.sending import Focus
from embedviz.ui.messages import count
from embedviz.ui.vectors.filters import passing
from embedviz.ui.vectors.scene import Scene

__all__ = ["MOST_DRAWN", "show_many"]

MAP = "vectors-many"
_VIEWS = "vectors_views"

_clouds: WeakKeyDictionary[Projection, ManyPoints] = WeakKeyDictionary()


def show_many(
    scene: Scene,
    picture_of: Callable[[NDArray[np.intp]], Picture],
    *,
    focus: Focus | None = None,
    on_click: Callable[[int], None] | None = None,
    key: str = MAP,
) -> str:
    """Draw the map of more than :data:`MOST_DRAWN` points; what it shows, in words.

    Parameters
    ----------
    picture_of : callable
        Gives the picture of some rows of the space.
    focus : (version, coordinates), optional
        As in :func:`~embedviz.ui.map.show_map`.
    on_click : callable, optional
        Called with the row of the space that was clicked.
    """
    _map(scene, picture_of, focus, on_click, key)
    n = count(len(scene.space), "vector")
    kept = "" if scene.kept is None else passing(int(scene.kept.sum()))
    if scene.projection.n_components != 2:
        return f"Showing an even sample of {n}: at most {MOST_IN_REGION:,} in 3-D.{kept}"
    return f"Showing the density of all {n}, with points of the region in view.{kept}"


# Zooming runs only this again, not the page.
@st.fragment
def _map(
    scene: Scene,
    picture_of: Callable[[NDArray[np.intp]], Picture],
    focus: Focus | None,
    on_click: Callable[[int], None] | None,
    key: str,
) -> None:
    cloud = _cloud(scene.projection)
    views: dict[str, Extent] = st.session_state.setdefault(_VIEWS, {})
    view = views.get(cloud.name)
    selected = scene.state.selected
    region = cloud.region(view, scene.kept, selected)
    rows = region.rows

    def clicked(at: int) -> None:
        if on_click is not None:
            on_click(int(rows[at]))

    def marked(at: NDArray[np.uint32] | None) -> None:
        scene.state.select([] if at is None else rows[at], on_map=True)

    def looked(extent: Extent) -> None:
        views[cloud.name] = extent

    def outlined(corners: Outline) -> None:
        scene.state.select(cloud.rows_inside(corners, scene.kept))

    events = show_map(
        replace(picture_of(rows), density=region.density), key, focus=focus, on_click=clicked,
        on_select=marked, select=(_selection_name(scene), np.flatnonzero(np.isin(rows, selected))),
        looking=Looking(view, looked, outlined, len(selected)),
    )  # fmt: skip
    st.caption(_stated(region, selected))
    if events.changed:
        st.rerun()


def _stated(region: Region, selected: NDArray[np.intp]) -> str:
    flat = region.density is not None
    lasso = "A lasso or box selects " + (
        "all points inside it, drawn or not." if flat else "among the points drawn."
    )
    if not len(selected):
        return f"{region.stated} {lasso}"
    drawn = int(np.isin(selected, region.rows).sum())
    return f"{region.stated} {lasso} Of {len(selected):,} selected points {drawn:,} are drawn."


def _selection_name(scene: Scene) -> str:
    return f"{scene.vectors.identity}-{scene.state.told}"


def _cloud(projection: Projection) -> ManyPoints:
    if projection not in _clouds:
        _clouds[projection] = ManyPoints(projection.coordinates)
    return _clouds[projection]
