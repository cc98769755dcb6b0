"""Images asked for by their name, or a part of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from embedviz.errors import UnknownKeyError
from embedviz.images.file_names import base_name
from embedviz.space import EmbeddingSpace
from embedviz.ui.messages import plain

NEXT = "image_next"
_OFFERED = 6


def ask_about(key: str) -> None:
    """Make the image of this key the one asked for, from the page's next run on."""
    # Not into the widgets' own state: a fragment's run, such as the map's, comes before the page's
    # and uses that up, and the browser would go on showing, and sending, the old value.
    st.session_state[NEXT] = key


def names_with(keys: Sequence[str], text: str) -> list[str]:
    """Keys whose last part is ``text``; if there are none, those that hold it anywhere."""
    wanted = text.casefold()
    whole = [key for key in keys if base_name(key).casefold() == wanted]
    return whole or [key for key in keys if wanted in key.casefold()]


def ask_which(space: EmbeddingSpace, asked: str, fitting: list[str]) -> None:
    """Several images fit, or none: offer some."""
    if not fitting:
        try:
            space.index(asked)
        except UnknownKeyError as error:
            st.warning(f"No image here has the name '{plain(asked)}'.")
            fitting = list(error.suggestions)
    else:
        st.caption(f"{len(fitting):,} images have '{plain(asked)}' in their names:")
    for place, key in enumerate(fitting[:_OFFERED]):
        st.button(
            plain(key), key=f"which-{place}", type="tertiary", on_click=ask_about, args=(key,)
        )
