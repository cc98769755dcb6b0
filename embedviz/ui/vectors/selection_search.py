"""Full-text search over keys and metadata, whose hits can be selected."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.metadata.text_search import SearchText
from embedviz.ui.messages import plain
from embedviz.ui.vectors.columns import Columns
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.work import work

_AT_ONCE = 50_000  # more rows take over a second to fold
_NAMED = 4
_LONGEST = 40


def search_rows(scene: Scene, columns: Columns) -> None:
    """The box, what was found, and buttons that select it."""
    query = st.text_input(
        "Search keys and metadata", key="vectors_search", bind="query-params", type="search",
        placeholder='for example: red "old town"',
        help='Every word must occur, in any column of text; "words in quotes" stand together. '
        "Case and accents do not matter.",
    )  # fmt: skip
    if not query or not query.strip():
        return
    text = _search_text(scene, columns)
    if text is None:
        return
    rows = columns.kept("found", query, lambda: text.found(query))
    if not len(rows):
        st.caption(f"Nothing holds {plain(query)}.")
        return
    best = ", ".join(_short(scene.space.keys[row]) for row in rows[:_NAMED])
    more = ", …" if len(rows) > _NAMED else ""
    st.caption(f"Found {len(rows):,}; most often in {plain(best)}{more}")
    both = np.union1d(rows, scene.state.selected)
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Select {len(rows):,}", key="vectors_select_found", type="primary",
            on_click=scene.state.select, args=(rows,),
        )  # fmt: skip
        st.button(
            "Add to the selection", key="vectors_add_found", on_click=scene.state.select,
            args=(both,), disabled=len(both) == len(scene.state.selected),
        )  # fmt: skip


def _search_text(scene: Scene, columns: Columns) -> SearchText | None:
    keys, table, kinds = scene.space.keys, columns.table, columns.kinds
    if len(keys) <= _AT_ONCE:
        return columns.kept("search text", 0, lambda: SearchText(table, keys, kinds))
    return work(
        f"Reading the text of {len(keys):,} rows",
        ("search text", *columns.version),
        lambda _on_progress, _cancel: SearchText(table, keys, kinds),
    )


def _short(key: str) -> str:
    return key if len(key) <= _LONGEST else f"{key[: _LONGEST - 1]}…"
