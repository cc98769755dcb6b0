"""Train: a text in, word vectors out, and everything that happens between."""

import streamlit as st

from embedviz.ui.navigation import open_page
from embedviz.ui.train import choose_corpus, show_result, train, training_settings

with open_page("train"):
    st.title("Train")
    text = choose_corpus()
    if text is not None:
        settings = training_settings(text.corpus, text.settings, text.probes)
        trained = train(text.corpus, settings) if settings else None
        if settings and trained is not None:
            show_result(text.corpus, settings, trained)
