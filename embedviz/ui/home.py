"""The home page: in one screen what can be done here, each in one click."""

from __future__ import annotations

import streamlit as st

from embedviz.ui.navigation import PAGES

# Page, heading, what it gives, and the link's label with the state that it opens.
_CARDS: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("words", "See 400,000 real words", "GloVe word vectors on a map: hover, click, lasso, turn in "
     "3-D. Every map says how far to trust it.", "Open the map", {"word": "king"}),
    ("analogies", "Calculate with words", "king − man + woman = ? Three methods side by side, the "
     "parallelogram drawn, and how often such sums really come out.", "Solve it",
     {"sum": "king - man + woman"}),
    ("train", "Train your own", "Word2Vec (CBOW, skip-gram) or FastText on a sample or on your own "
     "text, in any language, with the loss and the neighbors live.", "Train a model", {}),
    ("images", "Find look-alikes", "Photos as a map of thumbnails, through a network that learned to "
     "name pictures: click one, or upload or take one, and see what looks like it and why.",
     "Open the photos", {}),
    ("images", "Bring your own photos", "A folder, a zip or a dozen pictures. Keep them as a "
     "collection that is still there tomorrow; find near-duplicates.", "Bring photos",
     {"images": "Your images"}),
    ("vectors", "Map any vectors", "npy, CSV, Parquet, JSON lines, word2vec and more, with any metadata: "
     "color, filter, find groups, see what the map tore apart, take it away.", "Open a file",
     {"vectors": "Your files"}),
)  # fmt: skip

_LESSONS = (
    "Seven short lessons, from categories to what a network sees: one question, one thing "
    "to move, a picture that answers at once, and the numbers behind it. For a classroom with a "
    "projector and for you alone, in English and Korean."
)


def home() -> None:
    """Title, six cards, the way to the lessons, and what stays on this machine."""
    st.title("See what an embedding knows")
    st.markdown(
        "Words and pictures become vectors; near vectors mean alike things. Look at them, ask them, "
        "calculate with them, train them. Everything on this page works without a network."
    )
    columns = st.columns(3, gap="medium") + st.columns(3, gap="medium")
    for column, (name, heading, text, label, state) in zip(columns, _CARDS, strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(heading)
            st.markdown(text)
            st.page_link(PAGES[name].page, label=label, query_params=state)
    _lessons_card()
    st.caption(
        "What you upload or train belongs to this browser tab alone and disappears with it. "
        "What is computed of the packaged words and pictures is kept on this machine, so that it opens "
        "at once next time; and so are collections of images that somebody saves."
    )


def _lessons_card() -> None:
    """As wide as the page: it is about all that the cards above do."""
    with st.container(border=True):
        st.subheader("Learn how it works")
        st.markdown(_LESSONS)
        st.page_link(PAGES["learn"].page, label="See the lessons")
