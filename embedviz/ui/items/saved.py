"""Collections that were saved on this server: open, rename, delete."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz import collections
from embedviz.collections import Collection, CollectionInfo
from embedviz.data_folder import in_units
from embedviz.errors import EmbedvizError
from embedviz.items.embedding import Embedded
from embedviz.items.kind import Kind
from embedviz.ui.items.item_set import ItemPage, ItemSet
from embedviz.ui.messages import count, plain, show_error
from embedviz.ui.server import server_settings

_KEY = "saved"


def choose_saved(page: ItemPage, row: DeltaGenerator) -> ItemSet | None:
    """The saved collection to look at; None if there is none."""
    kind = page.kind
    infos = {info.name: info for info in collections.list(kind=kind.name)}
    asked = st.query_params.get(_KEY)
    if not infos:
        st.info(
            f"Nothing is saved on this server yet. Bring {kind.nouns}, then save them under the map."
        )
        return None
    following = st.session_state.pop(f"{_KEY}_next", None)
    if following in infos:
        st.session_state[_KEY] = following
    elif st.session_state.get(_KEY, asked) not in infos:
        if asked is not None and _KEY not in st.session_state:
            st.info(
                f"The link names the collection '{plain(asked)}', which this server does not have."
            )
        if (
            _KEY in st.session_state
        ):  # set, not dropped: the browser would go on showing what was there
            st.session_state[_KEY] = next(iter(infos))
    with row:
        name = st.selectbox("Collection", list(infos), key=_KEY, bind="query-params")
        if server_settings().collections_limit:  # where nothing may be saved, nothing may be lost
            with st.popover("Rename or delete"):
                _manage(kind, infos[name])
    info = infos[name]
    said = f"{count(info.count, kind.noun)}, {in_units(info.nbytes)} on the server's disk"
    st.caption(
        f"{said}, last changed {info.changed:%Y-%m-%d %H:%M} (UTC). Everyone who opens this server sees it."
    )
    collection = _opened(info.id, f"{info.changed}", info.name)
    first = Embedded(collection.space, (), collection)
    return ItemSet(kind, f"saved:{info.id}:{info.changed}", name, True, first=first, saved_as=name)


@st.cache_resource(show_spinner="Opening the collection…", max_entries=4)
def _opened(identity: str, changed: str, name: str) -> Collection:  # noqa: ARG001 - they are the key
    return collections.open(name)


def open_next(kind: Kind, name: str) -> None:
    """Show this saved collection from the next run on."""
    st.session_state[kind.nouns] = "saved"
    st.session_state[f"{_KEY}_next"] = name


def _manage(kind: Kind, info: CollectionInfo) -> None:
    new = st.text_input("New name", info.name, max_chars=80, key=f"rename-{info.id}")
    if st.button("Rename", disabled=new.strip() in ("", info.name), key=f"do-rename-{info.id}"):
        _attempt(lambda: collections.rename(info.name, new), new.strip())
    sure = st.checkbox(f"Delete {count(info.count, kind.noun)} for everyone", key=f"sure-{info.id}")
    if st.button("Delete", disabled=not sure, key=f"do-delete-{info.id}"):
        _attempt(lambda: collections.delete(info.name), "")


def _attempt(do: object, following: str) -> None:
    assert callable(do)
    try:
        do()
    except EmbedvizError as error:
        show_error(error)
        return
    st.session_state[f"{_KEY}_next"] = following
    st.rerun()
