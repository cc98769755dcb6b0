"""How a file was read, what that mended and set aside: lines, and the rows on request."""

from __future__ import annotations

import streamlit as st

from embedviz.formats.notes import reading_notes
from embedviz.formats.set_aside import MEANING
from embedviz.space import EmbeddingSpace
from embedviz.ui.messages import count, plain


def read_report(space: EmbeddingSpace) -> None:
    """Nothing where nothing had to be mended or said."""
    notes = reading_notes(space.origin)
    if notes:  # in one piece: the map stands below
        st.caption(plain(" ".join(notes)))
    read = space.origin.get("read")
    if not isinstance(read, dict):
        return
    said = [
        f"{count(read[why], 'row')} set aside: {text}"
        for why, text in MEANING.items()
        if read.get(why)
    ]
    if read.get("duplicates"):
        said.append(f"{count(read['duplicates'], 'repeated key')} renamed (name#2)")
    if read.get("blanks"):
        said.append(f"{count(read['blanks'], 'empty key')} named by row")
    if read.get("undecodable"):
        said.append(f"{count(read['undecodable'], 'key')} not in UTF-8")
    if not said:
        return
    aside = read.get("set_aside") or []
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Mended on reading: " + "; ".join(said) + ".")
        listed = bool(aside) and st.toggle(
            f"List the rows set aside ({len(aside):,})", key="vectors_set_aside"
        )
    if listed:
        rows = [
            {"row": row, "key": key, "reason": MEANING.get(why, why)} for row, key, why in aside
        ]
        st.dataframe(rows, hide_index=True, height=200)
