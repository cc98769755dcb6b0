"""What a lasso or a box caught: listed, downloadable, and mappable on its own."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from embedviz.space import EmbeddingSpace
from embedviz.ui.explorer.chosen_words import map_only
from embedviz.ui.messages import count
from embedviz.words.vocabulary import DrawnWords


def show_selection(
    identity: str, drawn: EmbeddingSpace, words: DrawnWords, rows: NDArray[Any]
) -> None:
    """The selected words as a table with what can be done with them."""
    selected = [drawn.keys[row] for row in rows]
    table = pd.DataFrame({"word": selected, "frequency rank": words.rows[rows] + 1})
    left, middle, right = st.columns([4, 1, 1], vertical_alignment="center")
    left.markdown(f"**{count(len(selected), 'word')} selected**")
    middle.download_button(
        "Download CSV", table.to_csv(index=False), "selected-words.csv", "text/csv", width="stretch"
    )
    right.button(
        "Map only these", on_click=map_only, args=(identity, selected), type="primary", width="stretch",
        disabled=len(selected) < 3, help="A new map of the selected words alone (three or more).",
    )  # fmt: skip
    st.dataframe(table, hide_index=True, height=240)
