"""The map with previews as its points, and the gallery of what a lasso caught."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from embedviz.collections.csv_cells import to_csv
from embedviz.errors import EmbedvizError
from embedviz.items.kind import Kind, Previews
from embedviz.plots.picture import Picture
from embedviz.space import EmbeddingSpace
from embedviz.ui.items.grid import Tile, grid
from embedviz.ui.items.query import ask_about
from embedviz.ui.map import show_map
from embedviz.ui.messages import count, show_error
from embedviz.ui.session import session

_IN_GALLERY = 60


@st.fragment
def map_of_items(
    kind: Kind,
    picture: Picture,
    space: EmbeddingSpace,
    previews: Previews | None,
    focus: tuple[str, tuple[float, ...]] | None,
) -> None:
    """Show the map. It is a fragment: pictures come into view without the page being run again."""
    session()  # a fragment may be the first of its session to run on a server that was restarted
    keys = picture.keys

    def clicked(row: int) -> None:
        ask_about(kind, keys[row])
        st.session_state[from_map(kind)] = keys[row]

    thumbnails = None
    if previews is not None and kind.media[0].startswith("image/"):
        thumbnails = partial(_thumbnails, space, previews)
    events = show_map(
        picture, f"{kind.nouns}-map", focus=focus, on_click=clicked, thumbnails=thumbnails,
        pictures_version=space.vectors_fingerprint,
    )  # fmt: skip
    if events.changed:  # the ask panel is outside of this fragment
        st.rerun(scope="app")
    if events.selected is not None and len(events.selected):
        try:
            _gallery(kind, space, previews, events.selected)
        except EmbedvizError as error:  # a fragment runs outside of the page's error boundary
            show_error(error)


def from_map(kind: Kind) -> str:
    """The name in the session's state of the key that was last clicked on this map."""
    return f"{kind.name}_from_map"


def _thumbnails(space: EmbeddingSpace, previews: Previews, rows: Sequence[int]) -> dict[int, bytes]:
    contents = space.table["hash"]
    asked = {row: str(contents.iloc[row]) for row in rows}
    try:
        found = previews.thumbnails(list(asked.values()))
    except EmbedvizError:  # a saved collection that somebody deleted: the page says so when it runs
        return {}
    return {row: found[content] for row, content in asked.items() if content in found}


def _gallery(
    kind: Kind, space: EmbeddingSpace, previews: Previews | None, rows: NDArray[Any]
) -> None:
    chosen = space.table.iloc[rows].assign(**{kind.noun: [space.keys[row] for row in rows]})
    left, right = st.columns([4, 1], vertical_alignment="center")
    more = f", the first {_IN_GALLERY} shown" if len(rows) > _IN_GALLERY else ""
    left.markdown(f"**{count(len(rows), kind.noun)} selected**{more}")
    columns = [kind.noun, *(name for name in chosen.columns if name != kind.noun)]
    right.download_button(
        "Download CSV", _csv(chosen[columns]), f"selected-{kind.nouns}.csv", "text/csv",
        width="stretch",
    )  # fmt: skip
    found = {} if previews is None else previews.thumbnails(list(chosen["hash"][:_IN_GALLERY]))
    tiles = [
        Tile(key, found.get(content), key, kind.media[0])
        for key, content in zip(chosen[kind.noun], chosen["hash"], strict=True)
    ]
    with st.container(height=300):
        grid(tiles[:_IN_GALLERY], 8, "gallery")


def _csv(table: pd.DataFrame) -> bytes:
    import pyarrow as pa

    return to_csv(pa.Table.from_pandas(table, preserve_index=False))
