"""Analogies: calculate with words, see why it works, and how often."""

import streamlit as st

from embedviz.ui.analogies import choose_sum, evidence, parallelogram, solve
from embedviz.ui.model_choice import choose_model
from embedviz.ui.navigation import open_page

with open_page("analogies"):
    st.title("Analogies")
    chosen = choose_model()
    if chosen is not None:
        formula = choose_sum(chosen)
        answer = solve(chosen, formula)
        parallelogram(chosen, formula, answer)
        evidence(chosen)
