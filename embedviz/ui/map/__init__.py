"""The one interactive map: a picture in, clicks and selections out.

plotly.js in a Streamlit component that keeps its zoom, its camera and the points it has; see
``9_map.js`` for the browser's side.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.plots.picture import Picture
from embedviz.ui.map.assets import loader
from embedviz.ui.map.sending import Focus, Sent, forget, message

__all__ = ["MapEvents", "show_map"]

_component = st.components.v2.component(
    "embedviz_map", html='<div class="ev-map"></div>', js=loader(), isolate_styles=False
)


@dataclass(frozen=True, eq=False)
class MapEvents:
    """What the person did.

    Attributes
    ----------
    clicked : int or None
        The row that was clicked, in this run only.
    selected : ndarray of uint32, ascending, or None
        The rows inside the lasso or box; stays until it is cleared or the keys change.
    """

    clicked: int | None = None
    selected: NDArray[np.uint32] | None = None


def show_map(
    picture: Picture,
    key: str,
    height: int = 560,
    focus: Focus | None = None,
    on_click: Callable[[int], None] | None = None,
    on_select: Callable[[NDArray[np.uint32] | None], None] | None = None,
) -> MapEvents:
    """Show ``picture`` at this place of the page.

    Points travel to the browser only when they change, and so do colors; neither a change of
    colors, marks, lines or fading nor a selection moves the view. New points with the same keys in
    about the same place keep the view, others are shown whole.

    Parameters
    ----------
    key : str
        Names this map on its page, for good: the view and the selection belong to it.
    height : int
        Pixels, with the legend.
    focus : (version, coordinates), optional
        The view centers on these coordinates, once for each new version.
    on_click, on_select : callable, optional
        Called before the rerun with the row, and with the selected rows (None: cleared).
    """
    shown = Shown.of(key)
    shown.keys, shown.rows = picture.keys_version, len(picture)
    data = message(picture, key, height, focus, shown.sent) | {"selection": _selection_token(key)}

    def needed() -> None:
        missing = st.session_state[key].get("need")
        if isinstance(missing, list):
            forget(shown.sent, [name for name in missing if isinstance(name, str)])

    def clicked() -> None:
        row = shown.clicked(st.session_state[key].get("clicked"))
        if on_click is not None and row is not None:
            on_click(row)

    def selected() -> None:
        if on_select is not None:
            on_select(shown.selected(st.session_state[key].get("selected")))

    result = _component(
        key=key,
        data=data,
        height=height,
        on_clicked_change=clicked,
        on_selected_change=selected,
        on_need_change=needed,
    )
    return MapEvents(shown.clicked(result.get("clicked")), shown.selected(result.get("selected")))


def _selection_token(key: str) -> Any:
    """By this the browser knows whether it and the server hold the same selection."""
    selection = (st.session_state.get(key) or {}).get("selected")
    return selection.get("token") if isinstance(selection, Mapping) else None


@dataclass
class Shown:
    """What one map of one browser session shows now, and what its browser has."""

    sent: Sent
    keys: str = ""
    rows: int = 0

    @staticmethod
    def of(key: str) -> Shown:
        name = f"_map_shown:{key}"
        if name not in st.session_state:
            st.session_state[name] = Shown({})
        shown: Shown = st.session_state[name]
        return shown

    def clicked(self, value: Any) -> int | None:
        """The clicked row, unless it was clicked on points that are no longer shown."""
        if not isinstance(value, Mapping) or value.get("keys") != self.keys:
            return None
        row = value.get("row")
        # A browser may send anything, and True is an int.
        return row if type(row) is int and 0 <= row < self.rows else None

    def selected(self, value: Any) -> NDArray[np.uint32] | None:
        """The selected rows, unless they were selected among points no longer shown."""
        if not isinstance(value, Mapping) or value.get("keys") != self.keys:
            return None
        try:
            rows = np.frombuffer(base64.b64decode(value.get("rows", ""), validate=True), "<u4")
        except (TypeError, ValueError, binascii.Error):
            return None
        rows = np.unique(rows[rows < self.rows]).astype(np.uint32)
        return rows if len(rows) else None
