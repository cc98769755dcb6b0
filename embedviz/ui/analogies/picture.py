"""The parallelogram: the words of the sum in the plane that fits them best."""

from __future__ import annotations

import streamlit as st

from embedviz.ui.messages import plain
from embedviz.ui.model_choice import Chosen
from embedviz.words.analogies import ANALOGY_METHODS, Analogy
from embedviz.words.analogy_plane import plane
from embedviz.words.formula import Formula
from embedviz.words.parallelogram import parallelogram as draw

NEAR = 6


def parallelogram(chosen: Chosen, formula: Formula, answer: Analogy | None) -> None:
    """The figure and, under it, what it does and does not show."""
    if answer is None:
        return
    st.subheader("Why: the parallelogram")
    fitted = plane(chosen.model, formula.positive, formula.negative, answer.keys[:NEAR])
    st.plotly_chart(
        draw(fitted), theme="streamlit", key="parallelogram", config={"displaylogo": False}
    )
    st.caption(
        f"The vectors at length 1, in the plane that fits the drawn words best: it keeps "
        f"{fitted.variance_share:.0%} of their variance, the rest of the {chosen.space.dimensions} "
        f"dimensions is not seen here. ✚ is where the sum lands; the answers are the words nearest to "
        f"it in all dimensions, so on this plane another word may look nearer. Best by "
        f"{plain(ANALOGY_METHODS[answer.method].label)}: {plain(answer.keys[0])}, "
        f"{_part(formula, answer)}cosine {answer.scores[0]:.3f}."
    )


def _part(formula: Formula, answer: Analogy) -> str:
    return "itself a word of the sum, " if answer.keys[0] in formula.words else ""
