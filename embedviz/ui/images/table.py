"""The map as a table, for a keyboard and a screen reader."""

from __future__ import annotations

import streamlit as st

from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality
from embedviz.ui.explorer.projected import Drawn
from embedviz.ui.images.answers import Answer


def as_table(
    space: EmbeddingSpace, drawn: Drawn, trust: Quality | None, answer: Answer | None
) -> None:
    """Every image with what the map shows of it; only on demand, as its rows would travel."""
    if not st.toggle("The map as a table", key="image_table", bind="query-params"):
        return
    table = space.table.drop(columns=["hash"])
    if not (table["path"] != "").any():
        table = table.drop(columns=["path"])
    table.insert(0, "image", list(space.keys))
    for i, axis in enumerate("xyz"[: drawn.projection.n_components]):
        table[axis] = drawn.projection.coordinates[:, i]
    if trust is not None:
        table[f"share of its {trust.k} neighbors kept"] = trust.per_point
    if answer is not None:
        scores = dict(zip(answer.found.keys, answer.found.scores, strict=True))
        table["nearness"] = [scores.get(key) for key in space.keys]
    st.dataframe(table, hide_index=True, height=360, key="images_table")
