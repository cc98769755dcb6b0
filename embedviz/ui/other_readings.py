"""What a file was taken for where it can be read in two ways, and the button for the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st

from embedviz.formats.notes import Note
from embedviz.ui.messages import plain

_CHOSEN = "other_readings"


def chosen_reading(file_id: str) -> dict[str, Any]:
    """The arguments of ``ev.read`` that a person chose for this file by the buttons."""
    chosen: dict[str, dict[str, Any]] = st.session_state.setdefault(_CHOSEN, {})
    return dict(chosen.get(file_id, {}))


def say_notes(notes: Sequence[Note], file_id: str, takes: Collection[str]) -> None:
    """Each statement once, and beside it the button that reads the file the other way.

    ``takes`` are the arguments that can be changed here.
    """
    said: set[str] = set()
    for number, note in enumerate(notes):
        if note.text in said:
            continue
        said.add(note.text)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(note.text), width="stretch")
            if note.other and {name for name, _ in note.other} <= set(takes):
                st.button(
                    note.label, key=f"other-{file_id}-{number}", on_click=_choose,
                    args=(file_id, dict(note.other)),
                )  # fmt: skip
    if chosen_reading(file_id):
        st.button(
            "Read it as recognised", key=f"other-{file_id}-none", on_click=_choose,
            args=(file_id, None), help="Takes back what was chosen by these buttons.",
        )  # fmt: skip


def _choose(file_id: str, other: dict[str, Any] | None) -> None:
    chosen = st.session_state.setdefault(_CHOSEN, {})
    if other is None:
        chosen.pop(file_id, None)
    else:
        chosen[file_id] = chosen.get(file_id, {}) | other
