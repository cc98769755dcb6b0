"""The selected rows as a file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from embedviz.metadata.selection_files import rows_as_csv, rows_as_parquet, rows_as_table
from embedviz.ui.messages import count
from embedviz.ui.vectors.scene import Scene


def download_selection(scene: Scene) -> None:
    """CSV and Parquet of the selected rows, made when the button is clicked."""
    vectors = st.checkbox(
        f"With the {scene.space.dimensions:,} numbers of each vector", key="vectors_with_vectors"
    )
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "CSV", partial(_csv, scene, vectors), "selection.csv", "text/csv",
            key="vectors_selection_csv", on_click="ignore",
            help="For spreadsheets: text that they would run as a formula gets an apostrophe.",
        )  # fmt: skip
        st.download_button(
            "Parquet", partial(_parquet, scene, vectors), "selection.parquet",
            "application/vnd.apache.parquet", key="vectors_selection_parquet", on_click="ignore",
        )  # fmt: skip
    st.caption(f"{count(len(scene.state.selected), 'row')}: key, metadata and place on the map.")


def _csv(scene: Scene, vectors: bool) -> bytes:
    rows = scene.state.selected
    table = rows_as_table(scene.space, rows, scene.projection.coordinates)
    return rows_as_csv(table, scene.space.vectors[rows] if vectors else None)


def _parquet(scene: Scene, vectors: bool) -> bytes:
    rows = scene.state.selected
    table = rows_as_table(scene.space, rows, scene.projection.coordinates)
    return rows_as_parquet(table, scene.space.vectors[rows] if vectors else None)
