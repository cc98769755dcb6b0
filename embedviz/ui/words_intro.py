"""The head of the Words page."""

from __future__ import annotations

import streamlit as st

from embedviz.formats.notes import reading_notes
from embedviz.ui.messages import count, plain
from embedviz.ui.model_choice import Chosen


def words_intro(chosen: Chosen | None) -> None:
    """What is being looked at, and where it comes from."""
    st.title("Words")
    if chosen is None:
        return
    space = chosen.space
    said = (
        f"**{plain(space.name)}**: {count(len(space), 'word')}, {space.dimensions} dimensions each."
    )
    citation = space.origin.get("citation")
    if citation:
        said += f" {plain(citation)}"
    st.markdown(said)
    notes = reading_notes(space.origin)
    if notes:  # in one piece: the map stands below
        st.caption(plain(" ".join(notes)))
    _say_what_was_mended(space.origin.get("read", {}))


def _say_what_was_mended(report: dict[str, int]) -> None:
    """Readers mend what a file got wrong; the page says how much."""
    words = {
        "duplicates": "repeated words renamed (word#2)",
        "blanks": "blank words named by their row",
        "undecodable": "words with bytes that are not UTF-8",
        "not_finite": "rows with missing or infinite numbers left out",
    }
    said = [f"{report[name]:,} {text}" for name, text in words.items() if report.get(name)]
    if said:
        st.info(f"Read with repairs: {'; '.join(said)}.")
