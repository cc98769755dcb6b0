"""A key that is not there: what was wrong, and the spellings that work, each a button."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from embedviz.errors import EmbedvizError, UnknownKeyError
from embedviz.ui.messages import plain


def offer_spellings(
    error: UnknownKeyError,
    ask: Callable[[str], None],
    prefix: str = "",
    said: Callable[[EmbedvizError], str] = str,
) -> None:
    """Show ``error``, in the words of ``said``; a click on a spelling calls ``ask`` with it.

    ``prefix`` begins the keys.
    """
    st.warning(plain(said(error)))
    if error.suggestions:
        columns = st.columns(len(error.suggestions))
        for column, key in zip(columns, error.suggestions, strict=True):
            column.button(
                plain(key), key=f"{prefix}suggest-{key}", on_click=ask, args=(key,), width="stretch"
            )
