"""The teacher's mode: larger type for the last row, and nothing on the wall but the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from embedviz.ui.learn.language import common_texts

PARAMETER = "teacher"
_ON = "learn_teacher"
_WIDGET = "learn_teacher_switch"
_SHOWN = "learn_controls_shown"
_PLACE = "learn-controls"
# Streamlit sizes everything in rem: one number enlarges the page.
_LARGE = """<style>
html { font-size: 21px !important; }
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }
[data-testid="stMainBlockContainer"] { padding-top: 1.2rem; }
[data-testid="stHeader"] { display: none; }
</style>"""
_HIDDEN = f"<style>.st-key-{_PLACE} {{ display: none; }}</style>"
_IN_SIGHT = f"<style>.st-key-{_PLACE} {{ display: flex; }}</style>"


def teaching() -> bool:
    """Whether the teacher's mode is on: by the switch, or by the link."""
    if _ON not in st.session_state:
        st.session_state[_ON] = st.query_params.get(PARAMETER) == "on"
    return bool(st.session_state[_ON])


def teacher_style() -> None:
    """Enlarge the page and hide the sidebar, in the teacher's mode only."""
    if teaching():
        st.html(_LARGE)
        st.query_params[PARAMETER] = "on"
    else:
        st.query_params.pop(PARAMETER, None)


def teacher_switch(with_controls: bool = True) -> None:
    """Turn the mode on and off; while it is on, show and hide the controls of a page with some."""
    said = common_texts()
    if teaching() and with_controls:
        st.toggle(said("controls"), key=_SHOWN, help=said("controls.help"), persist_state="session")
    st.session_state[_WIDGET] = teaching()
    st.toggle(
        said("teacher"),
        value=teaching(),
        key=_WIDGET,
        help=said("teacher.help"),
        on_change=_switch,
    )


def controls_hidden() -> bool:
    """Whether a teacher has the controls out of sight."""
    return teaching() and not st.session_state.get(_SHOWN, False)


@contextmanager
def controls_place() -> Iterator[None]:
    """Where a lesson's controls stand; out of sight while a teacher has not asked for them.

    They are drawn in any case, so that their values hold.
    """
    st.html(_HIDDEN if controls_hidden() else _IN_SIGHT)
    with st.container(key=_PLACE):
        yield


def _switch() -> None:
    st.session_state[_ON] = st.session_state[_WIDGET]
