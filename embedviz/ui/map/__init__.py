"""The one interactive map: a picture in, clicks and selections out.

plotly.js in a Streamlit component that keeps its zoom, its camera and the points it has; see
``14_map.js`` for the browser's side.
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
from embedviz.ui.map.thumbnails import Thumbnails, Want, pictures_message, want_of

__all__ = ["MapEvents", "Thumbnails", "show_map"]

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
    changed : bool
        This run follows a click or a change of the selection: inside a fragment the rest of the
        page does not know of it yet.
    """

    clicked: int | None = None
    selected: NDArray[np.uint32] | None = None
    changed: bool = False


def show_map(
    picture: Picture,
    key: str,
    height: int = 560,
    focus: Focus | None = None,
    on_click: Callable[[int], None] | None = None,
    on_select: Callable[[NDArray[np.uint32] | None], None] | None = None,
    thumbnails: Thumbnails | None = None,
    pictures_version: str = "",
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
    thumbnails : callable, optional
        Gives the JPEGs (at most 96 × 96 pixels, some 2 kB) of rows of ``picture``; rows without one
        may be left out. With it points are drawn as pictures while there is room.
    pictures_version : str
        Names what ``thumbnails`` gives for these keys; another name makes the browser ask anew.

    Notes
    -----
    Every request for pictures is a rerun. Inside a fragment only the fragment runs again, and the
    callbacks are called as ever, but so does a click rerun only the fragment. Hence::

        @st.fragment
        def map_of(picture: Picture) -> MapEvents:
            events = show_map(picture, "my-map", on_click=remember, thumbnails=jpegs)
            if events.changed:
                st.rerun()  # the whole page, which finds what `remember` has put into the session
            return events

    ``selected`` outlasts that rerun, ``clicked`` does not: keep the row in ``on_click``.
    """
    shown = Shown.of(key)
    shown.keys, shown.rows = picture.keys_version, len(picture)
    data = message(picture, key, height, focus, shown.sent) | {"selection": _selection_token(key)}
    data |= shown.answer(thumbnails, pictures_version)

    does = _callbacks(key, shown, on_click, on_select)
    result = _component(key=key, data=data, height=height, **does)
    changed, shown.changed = shown.changed, False
    return MapEvents(
        shown.clicked(result.get("clicked")), shown.selected(result.get("selected")), changed
    )


def _callbacks(
    key: str,
    shown: Shown,
    on_click: Callable[[int], None] | None,
    on_select: Callable[[NDArray[np.uint32] | None], None] | None,
) -> dict[str, Any]:
    """What happens before the rerun, by the component's parameter for it."""

    def sent(name: str) -> Any:
        return st.session_state[key].get(name)

    def needed() -> None:
        missing = sent("need")
        if isinstance(missing, list):
            forget(shown.sent, [name for name in missing if isinstance(name, str)])

    def wanted() -> None:
        shown.want = want_of(sent("want"), shown.pictures, shown.rows) or shown.want

    def clicked() -> None:
        row = shown.clicked(sent("clicked"))
        shown.changed |= row is not None
        if on_click is not None and row is not None:
            on_click(row)

    def selected() -> None:
        shown.changed = True
        if on_select is not None:
            on_select(shown.selected(sent("selected")))

    by_event = {"need": needed, "want": wanted, "clicked": clicked, "selected": selected}
    return {f"on_{event}_change": call for event, call in by_event.items()}


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
    pictures: str = ""
    want: Want | None = None
    answered: str = ""
    changed: bool = False

    @staticmethod
    def of(key: str) -> Shown:
        name = f"_map_shown:{key}"
        if name not in st.session_state:
            st.session_state[name] = Shown({})
        shown: Shown = st.session_state[name]
        return shown

    def answer(self, thumbnails: Thumbnails | None, pictures_version: str) -> dict[str, Any]:
        """What the browser is told about pictures, with those that it asked for."""
        self.pictures = "" if thumbnails is None else f"{self.keys}:{pictures_version}"
        if thumbnails is None:
            return {}
        said = pictures_message(self.pictures, self.want, thumbnails, self.answered)
        self.want, self.answered = None, said["pictures"]["answered"]
        return said

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
