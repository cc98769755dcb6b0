"""The ask panel: a word in, its neighbors out; always in the full space, never on the picture."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from embedviz.errors import EmbedvizError, UnknownKeyError
from embedviz.metrics import METRICS
from embedviz.search import Neighbors, neighbors
from embedviz.ui.messages import plain, show_error
from embedviz.ui.model_choice import Chosen
from embedviz.ui.spellings import offer_spellings
from embedviz.word_model import SubwordModel

WORD = "word"


@dataclass(frozen=True)
class Answer:
    """A word that was asked, and what lies near it in the full space."""

    word: str
    found: Neighbors

    @property
    def words(self) -> tuple[str, ...]:
        """The word itself and its neighbors, nearest first."""
        return (self.word, *self.found.keys)


def ask_about(word: str) -> None:
    """Make ``word`` the one asked for (for callbacks: runs before the page is drawn again)."""
    st.session_state[WORD] = word


def ask(chosen: Chosen) -> Answer | None:
    """The question and, if it can be answered, the answer; what cannot says why."""
    word = st.text_input(
        "Ask for a word",
        key=WORD,
        bind="query-params",
        placeholder="for example: king",
        help="Type a word, or click a point on the map.",
    ).strip()
    left, right = st.columns([3, 2])
    metric = left.selectbox(
        "Nearness",
        list(METRICS),
        format_func=lambda name: METRICS[name].label,
        key="near",
        bind="query-params",
        help="How near two vectors are. " + " ".join(m.works_on for m in METRICS.values()),
    )
    k = right.number_input(
        "Neighbors", 1, 100, 10, key="k", bind="query-params", help="How many words to list."
    )
    if not word:
        st.caption("Type a word above or click a point: its nearest words appear here.")
        return None
    try:
        found = neighbors(chosen.model, word, k=int(k), metric=metric)
    except UnknownKeyError as error:
        offer_spellings(error, ask_about)
        return None
    except EmbedvizError as error:
        show_error(error)
        return None
    return Answer(word, found)


def show_answer(answer: Answer, chosen: Chosen, on_map: set[str]) -> None:
    """The neighbors as a table; choosing a row asks for that word."""
    metric = METRICS[answer.found.metric]
    away = [word for word in answer.found.keys if word not in on_map]
    st.markdown(f"**Nearest to** {plain(answer.word)}")
    _say_ngrams(answer.word, chosen)
    table = pd.DataFrame(
        {
            "word": answer.found.keys,
            metric.label.lower(): answer.found.scores,
            "map": ["" if word in away else "●" for word in answer.found.keys],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(table), 400),
        on_select=lambda: _ask_row(list(answer.found.keys)),
        selection_mode="single-row",
        key="neighbors_table",
        column_config={
            metric.label.lower(): st.column_config.NumberColumn(format="%.4f", width=110),
            "map": st.column_config.TextColumn(width=45, help="● means that it is on the map"),
        },
    )
    st.caption(
        f"Measured in the full space: all {len(chosen.space):,} words, {chosen.space.dimensions} "
        f"dimensions, not only the drawn ones and not on the picture. {metric.works_on}"
    )


def _ask_row(words: list[str]) -> None:
    rows = st.session_state["neighbors_table"]["selection"]["rows"]
    if rows:
        ask_about(words[rows[0]])


def _say_ngrams(word: str, chosen: Chosen) -> None:
    if isinstance(chosen.model, SubwordModel) and word not in chosen.space:
        parts = chosen.model.ngrams(word)
        st.info(
            f"Not in the vocabulary. Its vector is made from {len(parts)} character n-grams: "
            f"{plain(', '.join(parts))}",
        )
