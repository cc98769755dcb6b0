"""The one interactive map: a picture in, clicks and selections out.

plotly.js in a Streamlit component that keeps its zoom, its camera and the points it has; see
``14_map.js`` for the browser's side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.plots.picture import Picture
from embedviz.ui.map.assets import loader
from embedviz.ui.map.selecting import Select, Selecting
from embedviz.ui.map.sending import Focus, forget, message
from embedviz.ui.map.shown import Looking, Shown
from embedviz.ui.map.thumbnails import Thumbnails, want_of

__all__ = ["Looking", "MapEvents", "Select", "Shown", "Thumbnails", "show_map"]

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


def show_map(  # noqa: PLR0913 - one map, and all that a page can do with it
    picture: Picture,
    key: str,
    height: int = 560,
    focus: Focus | None = None,
    *,
    on_click: Callable[[int], None] | None = None,
    on_select: Callable[[NDArray[np.uint32] | None], None] | None = None,
    thumbnails: Thumbnails | None = None,
    pictures_version: str = "",
    select: Select | None = None,
    link: str | None = None,
    looking: Looking | None = None,
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
    select : (version, rows), optional
        The selection as the page has it (None or no rows: nothing is selected). The map takes it
        over once for each new version; what the person selects after that counts until the version
        changes, and is told as ever through ``on_select`` and ``selected``. Taking a selection over
        tells nothing.
    link : str, optional
        Maps of one page with the same ``link`` point out the key under the mouse in each other.
    looking : Looking, optional
        Of a picture with ``density``: the view that it was made for, and who is told of another.

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
    shown.keys, shown.rows, shown.view_of = picture.keys_version, len(picture), picture.view_of
    shown.selecting = Selecting.of(select, shown.keys, shown.rows, shown.selecting)
    data = message(picture, key, height, focus, shown.sent, shown.selecting)
    data |= shown.selection((st.session_state.get(key) or {}).get("selected")) | {"link": link}
    data["view"] = None if looking is None else looking.extent
    data["selected_of_all"] = None if looking is None else looking.selected
    data |= shown.answer(thumbnails, pictures_version)

    does = _callbacks(key, shown, on_click, on_select, looking)
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
    looking: Looking | None,
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
        value = sent("selected")
        if shown.selecting is not None and not shown.selecting.is_older_than(value):
            return  # made before the browser knew of the page's newer one, which replaces it
        shown.changed = True
        outline = shown.outlined(value)
        if outline is not None and looking is not None and looking.on_outline is not None:
            looking.on_outline(outline)
        elif on_select is not None:
            on_select(shown.selected(value))

    def viewed() -> None:
        extent = shown.viewed(sent("view"))
        if looking is not None and extent is not None:
            looking.on_change(extent)

    by_event = {
        "need": needed, "want": wanted, "clicked": clicked, "selected": selected, "view": viewed,
    }  # fmt: skip
    return {f"on_{event}_change": call for event, call in by_event.items()}
