"""The sum of words: ready examples by kind, and free entry."""

from __future__ import annotations

import streamlit as st

from embedviz.ui.model_choice import Chosen
from embedviz.words.formula import Formula, parse_formula

SUM = "sum"

EXAMPLES: dict[str, tuple[str, ...]] = {
    "Gender": ("king - man + woman", "uncle - man + woman", "actor - he + she"),
    "Capitals": ("paris - france + italy", "berlin - germany + spain", "tokyo - japan + korea"),
    "Tense": ("walked - walk + swim", "went - go + see", "running - run + dance"),
    "Plural": ("cats - cat + dog", "mice - mouse + child", "cities - city + country"),
    "Nationality": (
        "german - germany + france",
        "chinese - china + japan",
        "swiss - switzerland + norway",
    ),
}


def choose_sum(chosen: Chosen) -> Formula:
    """The sum that stands in the box; raises InvalidParameterError if it is not one."""
    text = st.text_input(
        "Calculate",
        value=EXAMPLES["Gender"][0],
        key=SUM,
        bind="query-params",
        placeholder="king - man + woman",
        help="Any number of words with + and - between spaces; a weight is written 0.5*word.",
    )
    _examples(chosen)
    return parse_formula(text)


def _examples(chosen: Chosen) -> None:
    """One row of buttons by kind; what the model lacks a word for is not offered."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for kind, sums in EXAMPLES.items():
            usable = [
                text for text in sums if all(w in chosen.space for w in parse_formula(text).words)
            ]
            with st.popover(kind, disabled=not usable):
                for text in usable:
                    st.button(
                        str(parse_formula(text)), key=f"example-{text}", on_click=_choose, args=(text,),
                        width="stretch",
                    )  # fmt: skip


def _choose(text: str) -> None:
    st.session_state[SUM] = text
