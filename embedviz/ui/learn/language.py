"""Which language the lessons speak: the link's, the one chosen before, or the browser's."""

from __future__ import annotations

import streamlit as st

from embedviz.ui.learn.texts import LANGUAGES, Texts, texts

_CHOSEN = "learn_language_chosen"
_WIDGET = "learn_language"
PARAMETER = "lang"
# Korean lines end between words, as in a book; browsers would end them inside of words.
_STYLE = """<style>
[data-testid="stMain"] :is(p, li, h1, h5) { word-break: keep-all; overflow-wrap: break-word; }
</style>"""


def language() -> str:
    """The code of the language in use, one of :data:`LANGUAGES`."""
    if _CHOSEN not in st.session_state:
        asked = st.query_params.get(PARAMETER, "")
        if asked not in LANGUAGES:
            return _of_browser()
        st.session_state[_CHOSEN] = asked
    return str(st.session_state[_CHOSEN])


def chosen_language() -> str | None:
    """The language that the person or the link chose; None while it is the browser's."""
    return st.session_state.get(_CHOSEN)


def common_texts() -> Texts:
    """What all lessons say: the names of their parts."""
    return texts("common", language())


def language_switch() -> None:
    """English or Korean, for all lessons from now on."""
    st.html(_STYLE)
    st.session_state[_WIDGET] = language()
    st.segmented_control(
        "Language / 언어",
        list(LANGUAGES),
        default=language(),
        format_func=LANGUAGES.__getitem__,
        key=_WIDGET,
        required=True,
        label_visibility="collapsed",
        on_change=_choose,
    )


def _choose() -> None:
    """The address follows, so that a reload stays in the language in sight."""
    st.session_state[_CHOSEN] = st.session_state[_WIDGET]
    st.query_params[PARAMETER] = st.session_state[_WIDGET]


def _of_browser() -> str:
    code = (st.context.locale or "en").partition("-")[0].lower()
    return code if code in LANGUAGES else "en"
