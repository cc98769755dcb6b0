"""What a link asks for and this server does not have: said, not swallowed."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from embedviz.ui.messages import plain


def tell_unknown(parameter: str, allowed: Collection[str], what: str) -> None:
    """Say that the link's ``parameter`` names a ``what`` that is not ``allowed``.

    Call it before the widget whose key is ``parameter``, which forgets what it does not know. It is
    said until the person chooses something there.
    """
    flag = f"unknown-{parameter}"
    if flag not in st.session_state:
        asked = st.query_params.get(parameter)
        st.session_state[flag] = asked if asked is not None and asked not in allowed else ""
        st.session_state[f"{flag}-chosen"] = None
    asked, first = st.session_state[flag], st.session_state[f"{flag}-chosen"]
    chosen = st.session_state.get(parameter)
    if asked and first is None:
        st.session_state[f"{flag}-chosen"] = chosen
    elif asked and chosen != first:
        st.session_state[flag] = asked = ""
    if asked:
        st.info(f"The link names the {what} '{plain(asked)}', which is not here. Shown instead:")
