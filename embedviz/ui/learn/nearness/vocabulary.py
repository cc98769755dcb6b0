"""The words that the lesson asks: real vectors, the most frequent first, in several states."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from embedviz.comparison import all_but_the_top
from embedviz.metric_agreement import unit_space
from embedviz.space import EmbeddingSpace
from embedviz.ui.server import packaged_model
from embedviz.word_model import as_space

MODEL = "glove-6b-50d"


@st.cache_resource(show_spinner=False, max_entries=12)
def vocabulary(n: int, state: str = "raw") -> EmbeddingSpace:
    """The n most frequent words of GloVe, read-only and shared by all sessions.

    ``state``: ``"raw"`` as they are, ``"unit"`` at length 1, ``"centered"`` without their mean,
    ``"top"`` also without their two strongest directions.
    """
    if state != "raw":
        return _CHANGES[state](vocabulary(n))
    full = as_space(packaged_model(MODEL))
    return full if n >= len(full) else full.take(range(n))


_CHANGES: dict[str, Callable[[EmbeddingSpace], EmbeddingSpace]] = {
    "unit": unit_space,
    "centered": lambda space: all_but_the_top(space, 0),
    "top": lambda space: all_but_the_top(space, 2),
}


def known(space: EmbeddingSpace, typed: str) -> str:
    """``typed`` as the vocabulary spells it: GloVe's words are lower-cased."""
    word = typed.strip()
    return word if word in space else word.lower()
