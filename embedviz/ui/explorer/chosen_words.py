"""Which words the map draws: the most frequent, the ones typed, or a selection on its own."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.space import EmbeddingSpace
from embedviz.ui.messages import plain
from embedviz.words.vocabulary import DrawnWords, drawn_words, words_in

_ONLY = "only_words"
_ALSO = "also"
_STEPS = (100, 250, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
_DEFAULT = 5000


def choose_count(space: EmbeddingSpace) -> int:
    """The slider for how many of the most frequent words to draw."""
    _step_of_link()
    # The same steps for every model: what was chosen for a small one is no limit for the next.
    asked = st.select_slider(
        "Most frequent words",
        _STEPS,
        value=_DEFAULT,
        key="n",
        bind="query-params",
        help="How many words the map draws. The neighbors are always sought among all words.",
    )
    if asked > len(space):
        st.caption(f"This model has {len(space):,}: all are drawn.")
    return min(asked, len(space))


def _step_of_link() -> None:
    """A link may name another number, such as all the words of its model: the next step holds it."""
    asked = st.query_params.get("n", "")
    if "n" not in st.session_state and asked.isdecimal() and int(asked) < _STEPS[-1]:
        st.session_state["n"] = next(step for step in _STEPS if step >= int(asked))


def also_words() -> str:
    """The box for words to draw on top."""
    return st.text_area(
        "Also these words",
        key=_ALSO,
        bind="query-params",
        height=80,
        placeholder="unicorn, yogurt, zeppelin",
        help="Words to draw although they are rarer; typed or pasted, separated by spaces or commas.",
    )


def add_to_map(words: list[str]) -> None:
    """Draw these words too (for callbacks)."""
    present = words_in(st.session_state.get(_ALSO) or "")
    st.session_state[_ALSO] = " ".join(dict.fromkeys([*present, *words]))


def map_only(identity: str, words: list[str]) -> None:
    """Map these words of the model ``identity`` on their own (for callbacks)."""
    st.session_state[_ONLY] = (identity, tuple(words))


def mapped_only(identity: str) -> tuple[str, ...]:
    """The words of this model that are mapped on their own, or none."""
    of, words = st.session_state.get(_ONLY, ("", ()))
    return words if of == identity else ()


def words_to_draw(identity: str, space: EmbeddingSpace, count: int, also: str) -> DrawnWords:
    """The rows to draw, and one line on the page that says which they are."""
    only = mapped_only(identity)
    if only:
        rows = np.array([space.index(word) for word in only], dtype=np.intp)
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.info(f"A map of the {len(only):,} selected words alone.")
        right.button("Back to all words", on_click=map_only, args=("", []), width="stretch")
        return DrawnWords(rows, 0, only, ())
    drawn = drawn_words(space, count, words_in(also, space))
    if drawn.unknown:
        st.warning(f"Not in this model, so not drawn: {plain(', '.join(drawn.unknown))}")
    return drawn


def what_is_shown(space: EmbeddingSpace, drawn: DrawnWords) -> str:
    """``Showing 5,000 of 400,000 words, the most frequent, and 3 asked for.``"""
    if not drawn.frequent:
        return f"Showing {len(drawn.rows):,} of {len(space):,} words, the selected ones."
    if len(drawn.rows) == len(space):
        return f"Showing all {len(space):,} words."
    asked = f", and {len(drawn.added):,} asked for" if drawn.added else ""
    return f"Showing {len(drawn.rows):,} of {len(space):,} words, the most frequent{asked}."
