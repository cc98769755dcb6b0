"""Which rows the filters keep, and the filters in the page's link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.metadata.filters import Condition, from_json, mask, met, to_json
from embedviz.space import EmbeddingSpace
from embedviz.ui.messages import plain
from embedviz.ui.vectors.columns import Columns, columns_of
from embedviz.ui.vectors.set_state import SetState
from embedviz.ui.vectors.vector_set import VectorSet

FILTERS = "vectors_filters"
_READ = "vectors_filters_read"
_GENERATION = "vectors_filters_generation"


def kept_rows(
    vectors: VectorSet, space: EmbeddingSpace, state: SetState
) -> NDArray[np.bool_] | None:
    """Which rows the filters keep, of shape (n,); None if there are no filters.

    Also reads the filters from the link when this session begins, and writes them there: call it
    once in every run of the page, before the panels.
    """
    columns = columns_of(vectors, space, state)
    _from_link(columns, state)
    # Of vectors that a link cannot open, it would only tell others what is in them.
    _to_link(state.filters if vectors.link else {})
    if not state.filters:
        return None
    text = to_json(state.filters)
    return columns.kept("kept rows", text, lambda: mask(columns.table, state.filters))


def set_filter(state: SetState, column: str, condition: Condition | None) -> None:
    """Filter by this column so, in place of what it was filtered by; None: no more."""
    if condition is None:
        state.filters.pop(column, None)
    else:
        state.filters[column] = condition


def drop_filters(state: SetState, columns: list[str]) -> None:
    """Stop filtering by these columns, and draw the charts anew, without a brush (for callbacks)."""
    for column in columns:
        state.filters.pop(column, None)
    redraw_charts()


def redraw_charts() -> None:
    """The charts take up the filters as they stand: what was brushed on them is gone."""
    st.session_state[_GENERATION] = generation() + 1


def generation() -> int:
    """How often the charts were drawn anew."""
    return int(st.session_state.get(_GENERATION, 0))


def _from_link(columns: Columns, state: SetState) -> None:
    if not st.session_state.get(_READ):
        st.session_state[_READ] = True
        if asked := st.query_params.get(FILTERS):
            try:
                state.filters = dict(from_json(asked))
            except InvalidParameterError as error:
                st.warning(f"The link's filters are not used. {plain(error)}")
    for name, condition in list(state.filters.items()):
        if why := _why_not(columns, name, condition):
            del state.filters[name]
            st.warning(f"No longer filtered by '{plain(name)}': {plain(why)}")


def _why_not(columns: Columns, name: str, condition: Any) -> str:
    if name not in columns.kinds:
        return "these vectors have no such column."
    try:
        met(columns.column(name).head(1), condition)
    except InvalidParameterError as error:
        return str(error)
    return ""


def _to_link(filters: Mapping[str, Condition]) -> None:
    text = to_json(filters) if filters else None
    if st.query_params.get(FILTERS) == text:
        return
    if text is None:
        del st.query_params[FILTERS]
    else:
        st.query_params[FILTERS] = text
