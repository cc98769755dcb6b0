"""Words: a map of word vectors, and a panel that asks them."""

from embedviz.ui.explorer import explore
from embedviz.ui.load_vectors import load_vectors
from embedviz.ui.model_choice import choose_model
from embedviz.ui.navigation import open_page
from embedviz.ui.words_intro import words_intro

with open_page("words"):
    chosen = choose_model()
    load_vectors()
    words_intro(chosen)
    if chosen is not None:
        explore(chosen)
