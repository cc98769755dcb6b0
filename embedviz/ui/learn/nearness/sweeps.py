"""How the three metrics go on if b alone is stretched, or turned."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.metric_agreement import arrow, stretched, turned
from embedviz.metric_agreement.pictures import metric_curves
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.arrows import LONGEST, TURN, Polar
from embedviz.ui.learn.nearness.numbers import metric_names


def sweeps(lesson: OpenLesson, a: Polar, b: Polar) -> None:
    """Two charts: over the length of b, and over its direction."""
    said, names = lesson.texts, metric_names(lesson.texts)
    fixed = arrow(a.length, a.degrees)
    lengths, degrees = np.linspace(0, LONGEST, 121), np.linspace(-TURN, TURN, 145)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{said('stretch')}**")
        # At length 0 there is no direction, and so no cosine: the line begins after it.
        curves = stretched(fixed, b.degrees, lengths[1:])
        figure = metric_curves(lengths[1:], curves, b.length, names, said("b_length"))
        show_chart(figure, "nearness-stretch", said("stretch.alt"))
    with right:
        st.markdown(f"**{said('turn')}**")
        curves = turned(fixed, b.length, degrees)
        figure = metric_curves(degrees, curves, b.degrees, names, said("b_angle"))
        show_chart(figure, "nearness-turn", said("turn.alt"))
