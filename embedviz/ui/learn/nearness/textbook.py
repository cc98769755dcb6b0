"""Apple, banana, car: three vectors of a blackboard, measured in all three ways."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.metric_agreement import TEXTBOOK, pairwise
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.matrix import show_matrix
from embedviz.ui.learn.nearness.numbers import metric_names


def textbook(lesson: OpenLesson) -> None:
    """The vectors, and every pair of them under each metric."""
    said = lesson.texts
    st.markdown(f"**{said('textbook')}**")
    names = [said(f"fruit.{name}") for name in TEXTBOOK]
    vectors = np.array(list(TEXTBOOK.values()))
    places = st.columns(4, gap="small")
    with places[0]:
        show_matrix(
            vectors, said("textbook.vectors"), rows=names, shape="n × d = 3 × 3", decimals=1
        )
    for place, (metric, name) in zip(places[1:], metric_names(said).items(), strict=True):
        with place:
            show_matrix(
                np.round(pairwise(vectors, metric), 9), name, rows=names, columns=names, shape="3 × 3",
                decimals=3,
            )  # fmt: skip
    st.caption(said("textbook.caption"))
