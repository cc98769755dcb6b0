"""The explorer panel: controls, the map with its measure, the ask panel, the same as a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from embedviz.errors import EmbedvizError
from embedviz.plots.picture import Picture
from embedviz.projections import PROJECTIONS, Projection
from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality
from embedviz.ui.colorings import choose_coloring, colors_of
from embedviz.ui.explorer.ask import Answer, ask, ask_about, show_answer
from embedviz.ui.explorer.captions import axis_titles, map_caption
from embedviz.ui.explorer.chosen_words import (
    add_to_map,
    also_words,
    choose_count,
    mapped_only,
    what_is_shown,
    words_to_draw,
)
from embedviz.ui.explorer.coloring import COLORINGS, Situation, nearness
from embedviz.ui.explorer.drawing import Placed, picture_of, placed
from embedviz.ui.explorer.projected import Drawn, measured, projected
from embedviz.ui.explorer.selection import show_selection
from embedviz.ui.explorer.settings import MapSettings, map_settings
from embedviz.ui.map import show_map
from embedviz.ui.messages import show_error
from embedviz.ui.model_choice import Chosen
from embedviz.ui.session import session
from embedviz.word_model import vector_of
from embedviz.words.vocabulary import DrawnWords


def explore(chosen: Chosen) -> None:
    """A map of ``chosen`` and the panel to ask it; the whole of the Words page."""
    method_here, coloring, count, also = _controls(chosen.space)
    words = words_to_draw(chosen.identity, chosen.space, count, also)
    drawn_space = _taken(chosen, words)
    with method_here:
        settings = map_settings(drawn_space)
    map_side, ask_side = st.columns([7, 3], gap="medium")
    with ask_side:
        answer = ask(chosen)
        answer_here = st.container()
    with map_side:
        drawn = _drawn(drawn_space, settings, chosen.shared)
    if drawn is None:
        with answer_here:
            if answer is not None:
                show_answer(answer, chosen, set())
        return
    with map_side:
        places = _places(answer, chosen, drawn.projection)
        map_here = st.container()
        trust = measured(drawn_space, drawn, settings, chosen.shared)
        with map_here:
            picture = _picture(chosen, words, drawn_space, drawn, answer, places, trust, coloring)
            events = show_map(
                picture, key="words-map", focus=_focus(answer, places), on_click=_clicked
            )
        st.session_state["map_keys"] = drawn.projection.keys
        st.caption(map_caption(what_is_shown(chosen.space, words), drawn, trust, "word"))
    with answer_here:
        if answer is not None:
            show_answer(answer, chosen, set(places.at) if places else set())
            _offer_missing(places, can_add=not mapped_only(chosen.identity))
    if events.selected is not None and len(events.selected):
        show_selection(chosen.identity, drawn_space, words, events.selected)
    _as_table(drawn.projection, words, chosen, answer, trust)


def _drawn(space: EmbeddingSpace, settings: MapSettings, shared: bool) -> Drawn | None:
    """The map; None, with the reason on the page, where there is none of these: the words can be asked."""
    try:
        if space.dimensions < 2:
            st.info("These vectors have one number each: a map needs two or more.")
            return None
        return projected(space, settings, shared)
    except EmbedvizError as error:
        show_error(error)
        return None


def _controls(space: EmbeddingSpace) -> tuple[DeltaGenerator, str, int, str]:
    """One row; the place for the method is filled later, when it is known what it will draw."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with row:
        method_here = st.container(
            horizontal=True, vertical_alignment="bottom", gap="medium", width="content"
        )
        coloring = choose_coloring(COLORINGS, "color")
        with st.popover("Words"):
            count = choose_count(space)
            also = also_words()
    return method_here, coloring, count, also


def _taken(chosen: Chosen, words: DrawnWords) -> EmbeddingSpace:
    key = ("take", chosen.identity, words.rows.tobytes())
    return session().kept(key, lambda: chosen.space.take(words.rows))


def _clicked(row: int) -> None:
    keys = st.session_state.get("map_keys", ())
    if row < len(keys):
        ask_about(keys[row])


def _places(answer: Answer | None, chosen: Chosen, projection: Projection) -> Placed | None:
    if answer is None:
        return None
    exact = PROJECTIONS[projection.method].transforms == "exact"
    return placed(answer, chosen.space, projection, exact)


def _picture(
    chosen: Chosen,
    words: DrawnWords,
    space: EmbeddingSpace,
    drawn: Drawn,
    answer: Answer | None,
    places: Placed | None,
    trust: Quality | None,
    coloring: str,
) -> Picture:
    now = Situation(space, words.rows, answer, _query(chosen, answer), trust)
    colors, why_none = colors_of(COLORINGS[coloring], now)
    if why_none:
        st.caption(why_none)
    hover = [f"frequency rank {row + 1:,}" for row in words.rows]
    method = PROJECTIONS[drawn.projection.method].label
    description = f"{method} map of {len(space):,} words of {chosen.space.name}"
    return picture_of(
        drawn.projection, hover, colors, answer, places, axis_titles(drawn.projection), description
    )


def _query(chosen: Chosen, answer: Answer | None) -> NDArray[np.float64] | None:
    return None if answer is None else vector_of(chosen.model, answer.word).astype(np.float64)


def _focus(answer: Answer | None, places: Placed | None) -> tuple[str, tuple[float, ...]] | None:
    if answer is None or places is None or answer.word not in places.at:
        return None
    return answer.word, tuple(map(float, places.at[answer.word]))


def _offer_missing(places: Placed | None, can_add: bool) -> None:
    if places is None or not (places.away or places.new):
        return
    if places.new:
        st.caption(
            f"{len(places.new)} of these are not among the drawn words; the map's own projection "
            "places them (hollow marks)."
        )
    away = [*places.away]
    if away and can_add:
        st.button(
            f"Draw the {len(away)} missing too", on_click=add_to_map, args=(away,), width="stretch",
            help="They are not among the drawn words; the map is made anew with them.",
        )  # fmt: skip


def _as_table(
    projection: Projection,
    words: DrawnWords,
    chosen: Chosen,
    answer: Answer | None,
    trust: Quality | None,
) -> None:
    # Only on demand: its rows would travel with every answer.
    if st.toggle("The map as a table", key="table", bind="query-params"):
        axes = "xyz"[: projection.n_components]
        columns = {"word": projection.keys, "frequency rank": words.rows + 1}
        columns |= {axis: projection.coordinates[:, i] for i, axis in enumerate(axes)}
        if trust is not None:
            columns[f"share of its {trust.k} neighbors kept"] = trust.per_point
        now = Situation(projection.space, words.rows, answer, _query(chosen, answer), trust)
        scores = nearness(now)
        if answer is not None and scores is not None:
            columns["nearness to " + answer.word] = scores
        st.dataframe(pd.DataFrame(columns), hide_index=True, height=360, key="map_table")
