"""Ask the vectors: by key, by a click, by numbers, or by the average of the selected points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError, InvalidParameterError, UnknownKeyError
from embedviz.metadata.cells import cells_of
from embedviz.metrics import METRICS
from embedviz.search import Neighbors, neighbors
from embedviz.ui.messages import count, plain, show_error
from embedviz.ui.spellings import offer_spellings
from embedviz.ui.vectors.columns import columns_of
from embedviz.ui.vectors.picture_columns import shown_pictures
from embedviz.ui.vectors.scene import Scene

KEY = "vectors_key"
_WAYS = {"key": "Key", "numbers": "Numbers", "example": "Selected"}


@dataclass(frozen=True, eq=False)
class Answer:
    """What was asked and what lies near it in the full space; ``row`` is None for no own point.

    ``left_out`` says what was no candidate, besides the point itself.
    """

    label: str
    row: int | None
    found: Neighbors
    left_out: str = ""


def ask_about(key: str) -> None:
    """Ask for this key (for callbacks: runs before the page is drawn again)."""
    st.session_state[KEY] = key
    for control, first in (("vectors_ask", "key"), ("vectors_side", "Ask")):
        if st.session_state.get(control, first) != first:
            st.session_state[control] = first


def ask_panel(scene: Scene) -> Answer | None:
    """The question, and its neighbors as a table; what cannot be answered says why."""
    way = st.segmented_control(
        "Ask by", list(_WAYS), format_func=_WAYS.__getitem__, default="key", required=True,
        key="vectors_ask", help="By name, by a vector of your own, or by the average of points that "
        "you selected on the map.",
    )  # fmt: skip
    question_here = st.container()
    left, right = st.columns([7, 3], gap="small")
    metric = left.selectbox(
        "Nearness", list(METRICS), format_func=lambda name: METRICS[name].label,
        key="vectors_near", bind="query-params",
        help="How near two vectors are. " + " ".join(m.works_on for m in METRICS.values()),
    )  # fmt: skip
    k = int(right.number_input("Neighbors", 1, 200, 10, key="vectors_k", bind="query-params"))
    with question_here:
        try:
            answer = _ASKED[way or "key"](scene, k, metric)
        except UnknownKeyError as error:
            offer_spellings(error, ask_about, "vectors-")
            return None
        except EmbedvizError as error:
            show_error(error)
            return None
    if answer is not None:
        _show(answer, scene)
    return answer


def _by_key(scene: Scene, k: int, metric: str) -> Answer | None:
    key = st.text_input(
        "Key", key=KEY, bind="query-params", placeholder=scene.space.keys[0][:60],
        help="The name of a vector. Or click a point on the map.",
    )  # fmt: skip
    if not key:
        st.caption("Type a key or click a point: its nearest vectors appear here.")
        return None
    return Answer(key, scene.space.index(key), neighbors(scene.space, key, k=k, metric=metric))


def _by_numbers(scene: Scene, k: int, metric: str) -> Answer | None:
    text = st.text_area(
        f"{scene.space.dimensions} numbers", key="vectors_numbers", height=90,
        placeholder="0.12, -0.4, …", help="Separated by commas, spaces or line ends; brackets may stand.",
    )  # fmt: skip
    if not text.strip():
        st.caption("Paste a vector: the nearest of these appear here.")
        return None
    return Answer("the pasted vector", None, neighbors(scene.space, numbers_in(text), k, metric))


def _by_example(scene: Scene, k: int, metric: str) -> Answer | None:
    rows = scene.state.selected
    if not len(rows):
        st.caption("Select points on the map with the lasso or the box first.")
        return None
    too = st.toggle(
        "The selected too", key="vectors_ask_selected_too", bind="query-params",
        help="Else the points that the average is made of are left out of the answer: they are near "
        "to it because they are in it.",
    )  # fmt: skip
    if len(rows) == len(scene.space) and not too:
        st.caption(
            "Every point is selected, so no other is left to be near. Let the selected count."
        )
        return None
    mean = scene.space.vectors[rows].mean(axis=0, dtype=np.float64)
    members = [] if too else [scene.space.keys[row] for row in rows]
    label = f"the average of {count(len(rows), 'selected point')}"
    found = neighbors(scene.space, mean, k=k, metric=metric, exclude=members)
    return Answer(label, None, found, "" if too else " The selected points are left out.")


_ASKED = {"key": _by_key, "numbers": _by_numbers, "example": _by_example}


def numbers_in(text: str) -> NDArray[np.float64]:
    """The numbers in pasted text; raises InvalidParameterError, which names what is none."""
    parts = text.translate(str.maketrans("[](){};,\n\t", " " * 10)).split()
    try:
        return np.array([float(part) for part in parts])
    except ValueError:
        wrong = next(part for part in parts if not _is_number(part))
        raise InvalidParameterError(
            f"'{wrong[:40]}' is not a number. Paste numbers with a point, such as 0.12, -0.4"
        ) from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _show(answer: Answer, scene: Scene) -> None:
    found, metric = answer.found, METRICS[answer.found.metric]
    st.markdown(f"**Nearest to** {plain(answer.label)}")
    table = pd.DataFrame({"key": found.keys, metric.label.lower(): found.scores})
    columns = columns_of(scene.vectors, scene.space, scene.state)
    more = cells_of(columns.table.iloc[found.rows].reset_index(drop=True))
    kept = [name for name in more.columns if name not in table.columns]
    images = [name for name in columns.of_kind("image") if name in kept]
    more, pictures = shown_pictures(more[kept], images, "vectors_neighbor_pictures")
    st.dataframe(
        pd.concat([table, more], axis=1),
        hide_index=True,
        height=min(38 + 35 * len(table), 330),
        on_select=lambda: _ask_row(found.keys),
        selection_mode="single-row",
        key="vectors_neighbors",
        column_config={
            metric.label.lower(): st.column_config.NumberColumn(format="%.4f", width=110),
            **pictures,
        },
    )
    st.caption(
        f"Measured in the full space: all {len(scene.space):,} vectors, {scene.space.dimensions} "
        f"dimensions, not on the picture.{answer.left_out} {metric.works_on}"
    )


def _ask_row(keys: tuple[str, ...]) -> None:
    rows = st.session_state["vectors_neighbors"]["selection"]["rows"]
    if rows and rows[0] < len(keys):
        ask_about(keys[rows[0]])
