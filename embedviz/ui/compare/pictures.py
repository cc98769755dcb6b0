"""The two maps side by side: what is pointed at, clicked or selected in one shows in both."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.plots.picture import Colors, Line, Mark, Picture
from embedviz.projections import PROJECTIONS, Projection
from embedviz.search import Neighbors
from embedviz.ui.compare.asked import Asked, ask_about
from embedviz.ui.compare.drawn import TwoMaps
from embedviz.ui.compare.sides import Sides
from embedviz.ui.map import show_map

HEIGHT = 400
_SELECTED = "compare_selected"
Rows = NDArray[np.intp]


def show_both(
    sides: Sides, maps: TwoMaps, colors: Colors | None, answer: Asked | None
) -> tuple[Any, Any]:
    """Both maps; returns the places under them, for their captions."""
    below = []
    laid = (maps.a.projection, maps.laid_b)
    near = (None, None) if answer is None else (answer.a, answer.b)
    for column, name, vectors, projection, found in zip(
        st.columns(2), "ab", (sides.a, sides.b), laid, near, strict=True
    ):
        method = PROJECTIONS[projection.method].label
        marks, lines = _marks(projection, answer, found)
        picture = Picture(
            projection.coordinates, projection.keys, colors=colors, marks=marks, lines=lines,
            description=f"{method} map of {len(projection.keys):,} items of {vectors.name}",
        )  # fmt: skip
        with column:
            show_map(
                picture, f"compare-{name}", HEIGHT, _focus(projection, answer),
                on_click=_clicked(projection.keys), on_select=_selecting(sides),
                select=_selection(sides), link="compare",
            )  # fmt: skip
            below.append(st.container())
    return below[0], below[1]


def selected_rows(sides: Sides) -> Rows:
    """The rows that are selected in both maps, ascending."""
    return np.asarray(_selection(sides)[1], np.intp)


def select_rows(sides: Sides, rows: Any) -> None:
    """Select these rows in both maps from the next run on; only from a callback."""
    version = _selection(sides)[0]
    chosen = [] if rows is None else [int(row) for row in rows]
    st.session_state[_SELECTED] = {sides.identity: (version + 1, chosen)}


def _selection(sides: Sides) -> tuple[int, list[int]]:
    kept: dict[Any, tuple[int, list[int]]] = st.session_state.get(_SELECTED, {})
    return kept.get(sides.identity, (0, []))


def _selecting(sides: Sides) -> Any:
    return lambda rows: select_rows(sides, rows)


def _clicked(keys: tuple[str, ...]) -> Any:
    return lambda row: ask_about(keys[row])


def _focus(projection: Projection, answer: Asked | None) -> tuple[str, Any] | None:
    if answer is None:
        return None
    return answer.key, projection.coordinates[projection.space.index(answer.key)]


def _marks(
    projection: Projection, answer: Asked | None, found: Neighbors | None
) -> tuple[tuple[Mark, ...], tuple[Line, ...]]:
    """The item asked for, its neighbors on this side, and lines to them."""
    if answer is None or found is None:
        return (), ()

    def place(key: str) -> tuple[float, ...]:
        return tuple(map(float, projection.coordinates[projection.space.index(key)]))

    start = place(answer.key)
    marks = [Mark(start, answer.key, "query")]
    marks += [Mark(place(key), key, "neighbor") for key in found.keys]
    return tuple(marks), tuple(Line(start, place(key)) for key in found.keys)
