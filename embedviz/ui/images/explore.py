"""The map of images beside the ask panel, and under them what looks alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from embedviz.errors import EmbedvizError
from embedviz.images.embedding import EmbeddedImages
from embedviz.plots.picture import Mark, Picture
from embedviz.projections import PROJECTIONS, first_keeping
from embedviz.space import EmbeddingSpace
from embedviz.ui.colorings import choose_coloring, colors_of
from embedviz.ui.explorer.captions import axis_titles, map_caption
from embedviz.ui.explorer.projected import Drawn, measured, projected
from embedviz.ui.explorer.settings import map_settings
from embedviz.ui.images.answers import Answer, Asked, answer_of, choose_nearness, show_answers
from embedviz.ui.images.closer import look_closer
from embedviz.ui.images.coloring import COLORINGS, Situation
from embedviz.ui.images.encoder_choice import EncoderChoice
from embedviz.ui.images.image_set import ImageSet
from embedviz.ui.images.map_of_pictures import FROM_MAP, map_of_pictures
from embedviz.ui.images.query import ask_with_picture
from embedviz.ui.images.seen import show_failures
from embedviz.ui.images.table import as_table
from embedviz.ui.messages import count, show_error


def explore_images(images: ImageSet, embedded: EmbeddedImages, choice: EncoderChoice) -> None:
    """A map of ``embedded``, the panel to ask it, and the look-alikes."""
    space = embedded.space
    show_failures(embedded.failures)
    if len(space) < 3:
        st.info(
            f"{count(len(space), 'image')}: a map needs three or more. Look-alikes work all the same."
        )
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    map_side, ask_side = st.columns([7, 3], gap="medium")
    with ask_side:
        query = ask_with_picture(embedded)
        metric, k = choose_nearness()
    asked = None if query is None else Asked(query, metric, k)
    answer = None if asked is None else answer_of(embedded, choice, asked)
    if len(space) >= 3:
        with map_side:
            try:
                _map(images, embedded, row, answer, metric)
            except EmbedvizError as error:  # no map of these (all alike, say); the rest goes on
                show_error(error)
    if asked is not None and answer is not None:
        answers = show_answers(images, answer, asked)
        look_closer(asked, answers)


def _map(
    images: ImageSet,
    embedded: EmbeddedImages,
    row: DeltaGenerator,
    answer: Answer | None,
    metric: str,
) -> None:
    space = embedded.space
    with row:
        settings = map_settings(
            space, first=first_keeping("neighbors", len(space)).name, prefix="image_"
        )
        coloring = choose_coloring(COLORINGS, "image_color")
    drawn = projected(space, settings, images.shared, "image")
    map_here = st.container()
    trust = measured(space, drawn, settings, images.shared, "image")
    query = None if answer is None else answer.found.query_vector.astype(np.float64)
    colors, why_none = colors_of(COLORINGS[coloring], Situation(space, query, metric, trust))
    picture = _picture(images, space, drawn, colors, answer)
    with map_here:
        map_of_pictures(picture, space, embedded.pictures, _focus(drawn, answer))
    caption = map_caption(f"Showing all {len(space):,} images.", drawn, trust, "image")
    st.caption(" ".join([*([why_none] if why_none else []), caption]))
    as_table(space, drawn, trust, answer)


def _picture(
    images: ImageSet, space: EmbeddingSpace, drawn: Drawn, colors: Any, answer: Answer | None
) -> Picture:
    method = PROJECTIONS[drawn.projection.method].label
    return Picture(
        coordinates=drawn.projection.coordinates,
        keys=drawn.projection.keys,
        hover=_hover(space),
        colors=colors,
        marks=_marks(drawn.projection.coordinates, answer),
        axis_titles=axis_titles(drawn.projection),
        description=f"{method} map of {len(space):,} images of {images.name}",
    )


def _hover(space: EmbeddingSpace) -> list[str]:
    table = space.table
    taken = table["taken"].dt.strftime("%Y-%m-%d").fillna("")
    rows = zip(table["label"], table["width"], table["height"], taken, strict=True)
    return [
        "\n".join(part for part in (label, f"{width:,} × {height:,}", date) if part)
        for label, width, height, date in rows
    ]


def _marks(coordinates: NDArray[np.float32], answer: Answer | None) -> tuple[Mark, ...]:
    """The picture asked for, if it is on the map, and what looks like it; names stay off the map."""
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


def _focus(drawn: Drawn, answer: Answer | None) -> tuple[str, tuple[float, ...]] | None:
    row = None if answer is None else _row_of(answer)
    # What was clicked on the map is in view already: moving it away would only confuse.
    if row is None or drawn.projection.keys[row] == st.session_state.get(FROM_MAP):
        return None
    at = tuple(map(float, drawn.projection.coordinates[row]))
    return f"{drawn.projection.keys[row]}", at
