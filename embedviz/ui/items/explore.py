"""The map of things beside the ask panel, and under them what looks alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from embedviz.errors import EmbedvizError
from embedviz.items.embedding import Embedded
from embedviz.items.kind import Kind
from embedviz.plots.picture import Mark, Picture
from embedviz.projections import PROJECTIONS, first_keeping
from embedviz.space import EmbeddingSpace
from embedviz.ui.colorings import choose_coloring, colors_of
from embedviz.ui.explorer.captions import axis_titles, map_caption
from embedviz.ui.explorer.projected import Drawn, measured, projected
from embedviz.ui.explorer.settings import map_settings
from embedviz.ui.items.answers import Answer, Asked, answer_of, choose_nearness, show_answers
from embedviz.ui.items.coloring import Situation, nearness
from embedviz.ui.items.encoder_choice import EncoderChoice
from embedviz.ui.items.item_set import ItemPage, ItemSet
from embedviz.ui.items.map_of_items import from_map, map_of_items
from embedviz.ui.items.query import ask_with_item
from embedviz.ui.items.seen import show_failures
from embedviz.ui.messages import count, show_error


def explore_items(
    page: ItemPage, things: ItemSet, embedded: Embedded, choice: EncoderChoice
) -> None:
    """A map of ``embedded``, the panel to ask it, and the look-alikes."""
    space, kind = embedded.space, page.kind
    show_failures(embedded.failures)
    if len(space) < 3:
        st.info(
            f"{count(len(space), kind.noun)}: a map needs three or more. Look-alikes work all the "
            "same."
        )
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    map_side, ask_side = st.columns([7, 3], gap="medium")
    with ask_side:
        query = ask_with_item(page, embedded, choice)
        metric, k = choose_nearness(kind)
    asked = None if query is None else Asked(query, metric, k)
    answer = None if asked is None else answer_of(kind, embedded, choice, asked)
    if len(space) >= 3:
        with map_side:
            try:
                _map(page, things, embedded, row, answer, metric)
            except EmbedvizError as error:  # no map of these (all alike, say); the rest goes on
                show_error(error)
    if asked is not None and answer is not None:
        answers = show_answers(things, answer, asked)
        if page.look_closer is not None:
            page.look_closer(asked, answers)


def _map(
    page: ItemPage,
    things: ItemSet,
    embedded: Embedded,
    row: DeltaGenerator,
    answer: Answer | None,
    metric: str,
) -> None:
    space, kind = embedded.space, page.kind
    with row:
        first = first_keeping("neighbors", len(space)).name
        settings = map_settings(space, first=first, prefix=f"{kind.name}_")
        coloring = choose_coloring(page.colorings, f"{kind.name}_color")
    drawn = projected(space, settings, things.shared, kind.noun)
    map_here = st.container()
    trust = measured(space, drawn, settings, things.shared, kind.noun)
    query = None if answer is None else answer.found.query_vector.astype(np.float64)
    now = Situation(space, query, metric, trust)
    colors, why_none = colors_of(page.colorings[coloring], now)
    picture = _picture(things, space, drawn, colors, answer)
    with map_here:
        map_of_items(kind, picture, space, embedded.previews, _focus(kind, drawn, answer))
    caption = map_caption(f"Showing all {len(space):,} {kind.nouns}.", drawn, trust, kind.noun)
    st.caption(" ".join([*([why_none] if why_none else []), caption]))
    _as_table(kind, drawn, now)


def _as_table(kind: Kind, drawn: Drawn, now: Situation) -> None:
    """Every thing with what the map shows of it; only on demand, as its rows would travel."""
    if not st.toggle("The map as a table", key=f"{kind.name}_table", bind="query-params"):
        return
    space, trust = now.space, now.trust
    table = space.table.drop(columns=["hash"])
    if not (table["path"] != "").any():
        table = table.drop(columns=["path"])
    table.insert(0, kind.noun, list(space.keys))
    for i, axis in enumerate("xyz"[: drawn.projection.n_components]):
        table[axis] = drawn.projection.coordinates[:, i]
    if trust is not None:
        table[f"share of its {trust.k} neighbors kept"] = trust.per_point
    scores = nearness(now)
    if scores is not None:
        table["nearness"] = scores
    st.dataframe(table, hide_index=True, height=360, key=f"{kind.nouns}_table")


def _picture(
    things: ItemSet, space: EmbeddingSpace, drawn: Drawn, colors: Any, answer: Answer | None
) -> Picture:
    method = PROJECTIONS[drawn.projection.method].label
    return Picture(
        coordinates=drawn.projection.coordinates,
        keys=drawn.projection.keys,
        hover=things.kind.hover(space.table),
        colors=colors,
        marks=_marks(drawn.projection.coordinates, answer),
        axis_titles=axis_titles(drawn.projection),
        description=f"{method} map of {len(space):,} {things.kind.nouns} of {things.name}",
    )


def _marks(coordinates: NDArray[np.float32], answer: Answer | None) -> tuple[Mark, ...]:
    """What is asked for, if it is on the map, and what looks like it; names stay off the map."""
    if answer is None:
        return ()
    marks = [Mark(tuple(map(float, coordinates[row])), "") for row in answer.found.rows]
    own = _row_of(answer)
    if own is not None:
        marks.insert(0, Mark(tuple(map(float, coordinates[own])), "", "query"))
    return tuple(marks)


def _row_of(answer: Answer) -> int | None:
    """The row whose vector was asked for, if it is one of the set that excludes itself."""
    space = answer.embedded.space
    return None if answer.key is None else space.index(answer.key)


def _focus(kind: Kind, drawn: Drawn, answer: Answer | None) -> tuple[str, tuple[float, ...]] | None:
    row = None if answer is None else _row_of(answer)
    # What was clicked on the map is in view already: moving it away would only confuse.
    if row is None or drawn.projection.keys[row] == st.session_state.get(from_map(kind)):
        return None
    at = tuple(map(float, drawn.projection.coordinates[row]))
    return f"{drawn.projection.keys[row]}", at
