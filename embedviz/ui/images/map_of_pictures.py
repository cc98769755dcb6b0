"""The map with pictures as its points, and the gallery of what a lasso caught."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from embedviz.collections.csv_cells import to_csv
from embedviz.errors import EmbedvizError
from embedviz.images.thumbnails import Pictures
from embedviz.plots.picture import Picture
from embedviz.space import EmbeddingSpace
from embedviz.ui.images.by_name import ask_about
from embedviz.ui.images.grid import Tile, grid
from embedviz.ui.map import show_map
from embedviz.ui.messages import count, show_error
from embedviz.ui.session import session

KEY, FROM_MAP = "images-map", "image_from_map"
_IN_GALLERY = 60


@st.fragment
def map_of_pictures(
    picture: Picture,
    space: EmbeddingSpace,
    pictures: Pictures | None,
    focus: tuple[str, tuple[float, ...]] | None,
) -> None:
    """Show the map. It is a fragment: pictures come into view without the page being run again."""
    session()  # a fragment may be the first of its session to run on a server that was restarted
    keys = picture.keys

    def clicked(row: int) -> None:
        ask_about(keys[row])
        st.session_state[FROM_MAP] = keys[row]

    thumbnails = None if pictures is None else partial(_thumbnails, space, pictures)
    events = show_map(
        picture, KEY, focus=focus, on_click=clicked, thumbnails=thumbnails,
        pictures_version=space.vectors_fingerprint,
    )  # fmt: skip
    if events.changed:  # the ask panel is outside of this fragment
        st.rerun(scope="app")
    if events.selected is not None and len(events.selected):
        try:
            _gallery(space, pictures, events.selected)
        except EmbedvizError as error:  # a fragment runs outside of the page's error boundary
            show_error(error)


def _thumbnails(space: EmbeddingSpace, pictures: Pictures, rows: Sequence[int]) -> dict[int, bytes]:
    contents = space.table["hash"]
    asked = {row: str(contents.iloc[row]) for row in rows}
    try:
        found = pictures.thumbnails(list(asked.values()))
    except EmbedvizError:  # a saved collection that somebody deleted: the page says so when it runs
        return {}
    return {row: found[content] for row, content in asked.items() if content in found}


def _gallery(space: EmbeddingSpace, pictures: Pictures | None, rows: NDArray[Any]) -> None:
    chosen = space.table.iloc[rows].assign(image=[space.keys[row] for row in rows])
    left, right = st.columns([4, 1], vertical_alignment="center")
    more = f", the first {_IN_GALLERY} shown" if len(rows) > _IN_GALLERY else ""
    left.markdown(f"**{count(len(rows), 'image')} selected**{more}")
    columns = ["image", *(name for name in chosen.columns if name != "image")]
    right.download_button(
        "Download CSV", _csv(chosen[columns]), "selected-images.csv", "text/csv",
        width="stretch",
    )  # fmt: skip
    found = {} if pictures is None else pictures.thumbnails(list(chosen["hash"][:_IN_GALLERY]))
    tiles = [
        Tile(key, found.get(content), key)
        for key, content in zip(chosen["image"], chosen["hash"], strict=True)
    ]
    with st.container(height=300):
        grid(tiles[:_IN_GALLERY], 8, "gallery")


def _csv(table: pd.DataFrame) -> bytes:
    import pyarrow as pa

    return to_csv(pa.Table.from_pandas(table, preserve_index=False))
