"""The "My data" panel: what this session holds, its size, rename and delete."""

from __future__ import annotations

import streamlit as st

from embedviz.registry import KINDS
from embedviz.ui.messages import count, plain
from embedviz.ui.server import server_settings
from embedviz.ui.session import Owned, session
from embedviz.ui.vectors.set_state import forget_states

_NOUNS = {"words": "word", "vectors": "vector"}  # of what is of no kind in KINDS


def my_data_panel() -> None:
    """In the sidebar of every page: the models that belong to this browser session alone."""
    mine = session()
    with st.sidebar.expander(f"My data ({len(mine.owned)})"):
        if not mine.owned:
            st.caption(
                "Nothing yet. Models that you open or train, images and vectors that you bring stand here. "
                "They belong to this browser tab alone and disappear with it."
            )
            return
        limit = server_settings().session_memory_mb
        st.caption(f"{mine.nbytes / 2**20:,.1f} MB of {limit:,} MB. Gone when this tab closes.")
        for identity, item in list(mine.owned.items()):
            _one_model(identity, item)


def _one_model(identity: str, item: Owned) -> None:
    space = item.space
    st.markdown(f"**{plain(space.name)}**")
    words = count(len(space), KINDS[item.kind].noun if item.kind in KINDS else _NOUNS[item.kind])
    st.caption(f"{words} × {space.dimensions} · {space.nbytes / 2**20:,.1f} MB · {plain(item.how)}")
    name = st.text_input(
        "New name",
        value=space.name,
        max_chars=120,
        key=f"rename-{identity}",
        label_visibility="collapsed",
    )
    if name.strip() and name != space.name:
        session().rename(identity, name.strip())
        st.rerun()
    st.button("Delete", key=f"delete-{identity}", on_click=_delete, args=(identity,))


def _delete(identity: str) -> None:
    session().delete(identity)
    forget_states()
