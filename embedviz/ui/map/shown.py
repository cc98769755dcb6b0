"""What one map shows and its browser has; what a browser says is checked here."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.density import Extent, checked_extent
from embedviz.errors import InvalidParameterError
from embedviz.outline import Outline, checked_outline
from embedviz.ui.map.selecting import Selecting, rows_of
from embedviz.ui.map.sending import Sent
from embedviz.ui.map.thumbnails import Thumbnails, Want, pictures_message


@dataclass(frozen=True)
class Looking:
    """What of very many points a picture was made for.

    Attributes
    ----------
    extent : tuple of float or None
        Left, right, bottom and top of the view, as ``on_change`` told it; None: everything.
    on_change : callable
        Called before the rerun with what is in view, when that has changed and rests.
    on_outline : callable or None
        Called in place of ``on_select`` with the corners of a lasso or box, so that it can select
        what is not drawn one by one too; the page then gives ``select`` a new version.
    selected : int or None
        How many of all points are selected, drawn or not.
    """

    extent: Extent | None
    on_change: Callable[[Extent], None]
    on_outline: Callable[[Outline], None] | None = None
    selected: int | None = None


@dataclass
class Shown:
    """What one map of one browser session shows now, and what its browser has."""

    sent: Sent
    keys: str = ""
    view_of: str = ""
    rows: int = 0
    pictures: str = ""
    want: Want | None = None
    answered: str = ""
    changed: bool = False
    selecting: Selecting | None = None

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

    def viewed(self, value: Any) -> Extent | None:
        """What is in view, unless it is a view of points that are no longer shown, or damaged."""
        if not isinstance(value, Mapping) or value.get("of") != self.view_of:
            return None
        given = value.get("extent")
        numbers = isinstance(given, list) and all(type(side) in (int, float) for side in given)
        try:
            return checked_extent(tuple(given)) if numbers else None  # type: ignore[arg-type]
        except InvalidParameterError:
            return None

    def outlined(self, value: Any) -> Outline | None:
        """The line drawn around points, unless it was drawn on others, or is damaged."""
        if not isinstance(value, Mapping) or value.get("keys") != self.keys:
            return None
        try:
            numbers = np.frombuffer(base64.b64decode(value["outline"], validate=True), "<f8")
            return checked_outline(numbers.reshape(-1, 2))
        except (KeyError, TypeError, ValueError, InvalidParameterError):
            return None

    def selection(self, value: Any) -> dict[str, Any]:
        """What the browser is told: its own selection's name, and the page's if there is one."""
        # By the token the browser knows whether it and the server hold the same selection.
        token = value.get("token") if isinstance(value, Mapping) else None
        page = self.selecting
        if page is None:
            return {"selection": token}
        # A new map of this tab must not take over what the person has replaced before.
        select = {"version": page.version, "replaced": page.is_older_than(value)}
        return {"selection": token, "select": select}

    def selected(self, value: Any) -> NDArray[np.uint32] | None:
        """The selected rows, unless they were selected among points no longer shown."""
        page = self.selecting
        if page is not None and not page.is_older_than(value):
            return page.rows if len(page.rows) else None
        if not isinstance(value, Mapping) or value.get("keys") != self.keys:
            return None
        rows = rows_of(value, self.rows)
        return rows if rows is not None and len(rows) else None
