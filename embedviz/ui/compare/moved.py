"""The items that moved most, as a table to click and to take away."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from embedviz.collections.csv_cells import to_csv
from embedviz.comparison import Comparison
from embedviz.ui.compare.asked import ask_about
from embedviz.ui.compare.coloring import moved_title
from embedviz.ui.compare.pictures import Rows

_KEY = "compare_moved"


def most_moved(found: Comparison, selected: Rows) -> None:
    """All items, the most moved first; of the selected ones only, if any are."""
    table = found.table
    if len(selected):
        chosen = {found.keys[row] for row in selected}
        table = table[table["key"].isin(chosen)].reset_index(drop=True)
    left, right = st.columns([4, 1], vertical_alignment="center")
    which = f"The {'1 selected item' if len(table) == 1 else f'{len(table):,} selected items'}"
    if not len(selected):
        which = f"All {len(table):,} items"
    left.markdown(
        f"{which}, the most moved first. Overlap: share of {found.k} neighbors in common. "
        f"Movement: {moved_title(found)}. Choose a row to ask about it."
    )
    right.download_button(
        "Download CSV", _csv(table), "compared.csv", "text/csv", width="stretch",
        key="compare_csv",
    )  # fmt: skip
    st.dataframe(
        table, hide_index=True, height=300, key=_KEY, selection_mode="single-row",
        on_select=lambda: _chosen(list(table["key"])),
    )  # fmt: skip


def _chosen(keys: list[str]) -> None:
    rows: list[Any] = st.session_state[_KEY].selection.rows
    if rows and 0 <= rows[0] < len(keys):
        ask_about(keys[rows[0]])


def _csv(table: pd.DataFrame) -> bytes:
    import pyarrow as pa

    return to_csv(pa.Table.from_pandas(table, preserve_index=False))
