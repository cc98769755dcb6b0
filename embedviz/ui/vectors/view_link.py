"""A link to the view, and the selection in it."""

from __future__ import annotations

from urllib.parse import urlencode

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.exporting.linked_keys import joined_keys, split_keys
from embedviz.space import EmbeddingSpace
from embedviz.ui.messages import count, plain
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.set_state import SetState

SELECTED = "vectors_selected"
_SEEN = "vectors_selected_seen"


def link_to_take(scene: Scene) -> None:
    """The address that opens this view, what it carries and what it cannot."""
    if not scene.vectors.link:
        st.info(
            "These vectors are in this browser tab only, so no link can open them elsewhere. "
            "Samples and files that the server offers can be linked to. Take the web page (HTML) "
            "or the script instead."
        )
        return
    st.code(link_of(scene), language=None, wrap_lines=True)
    st.caption(
        "It opens these vectors with this map, its settings, colors, filters and selection, for "
        "everyone who can reach this server. A server that lacks them says so."
    )
    for sentence in left_out(scene):
        st.caption(f"Not in the link: {plain(sentence)}")


def link_of(scene: Scene) -> str:
    """The address of this view."""
    asked = st.query_params.to_dict() | dict(scene.vectors.link)
    asked.pop(SELECTED, None)
    if selected := _joined(scene.space, scene.state):
        asked[SELECTED] = selected
    page = (st.context.url or "").partition("?")[0]
    return f"{page}?{urlencode(asked)}"


def left_out(scene: Scene) -> list[str]:
    """What the link cannot carry of this view, a sentence each."""
    said = []
    selected = len(scene.state.selected)
    if selected and _joined(scene.space, scene.state) is None:
        said.append(
            f"the selection of {count(selected, 'point')}: it is too long. Save it as a column and "
            "take the data away."
        )
    if scene.state.table is not None:
        said.append("edited metadata. Take it away as Parquet.")
    if scene.state.groups is not None:
        said.append("groups: the same settings find them again.")
    if scene.state.added is not None:
        said.append("points added to the map.")
    return said


def restore_selection(space: EmbeddingSpace, state: SetState) -> None:
    """Select what the link names, once when it asks; call it before anything draws ``state``."""
    asked = st.query_params.get(SELECTED)
    if asked is None or asked == st.session_state.get(_SEEN):
        return
    st.session_state[_SEEN] = asked
    try:
        keys = split_keys(asked)
    except InvalidParameterError as error:
        st.info(plain(error))
        return
    rows = [space.index(key) for key in keys if key in space]
    if rows:
        state.select(rows)
    if missing := [key for key in keys if key not in space]:
        st.info(
            f"The link selects {count(len(missing), 'point')} that these vectors do not have, for "
            f"example '{plain(missing[0][:80])}'."
        )


def selection_to_link(space: EmbeddingSpace, state: SetState) -> None:
    """Write the selection into the page's address; call it when the run's changes are made."""
    joined = _joined(space, state)
    st.session_state[_SEEN] = joined
    if st.query_params.get(SELECTED) == joined:
        return
    if joined is None:
        del st.query_params[SELECTED]
    else:
        st.query_params[SELECTED] = joined


def _joined(space: EmbeddingSpace, state: SetState) -> str | None:
    rows: NDArray[np.intp] = state.selected
    return joined_keys([space.keys[row] for row in rows]) if len(rows) else None
