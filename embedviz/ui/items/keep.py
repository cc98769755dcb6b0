"""Keep things: save them as a collection on the server, add to one, or take them away as a file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from embedviz import collections
from embedviz.collections import EXPORTS, CollectionInfo
from embedviz.collections.joining import is_same_encoder
from embedviz.items.embedding import Embedded
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace
from embedviz.ui.items.item_set import ItemSet
from embedviz.ui.items.saved import open_next
from embedviz.ui.messages import count, plain
from embedviz.ui.server import server_settings
from embedviz.ui.session import session
from embedviz.ui.work import work

_NEW, _SAVING = "(a new collection)", "saving"


@dataclass(frozen=True)
class Saving:
    """What is being saved: under which name, and whether to a collection that is there."""

    name: str
    add: bool
    originals: bool
    identity: str
    fingerprint: str
    number: int


def keep(things: ItemSet, embedded: Embedded) -> None:
    """The last part of the page."""
    st.subheader("Keep them")
    save_side, export_side = st.columns([3, 2], gap="large")
    with save_side:
        if server_settings().collections_limit == 0:
            st.caption("Saving is switched off on this server. You can take the vectors away.")
        elif things.saved_as:
            st.caption(f"This is the saved collection {plain(things.saved_as)}.")
        else:
            _save(things, embedded)
    with export_side:
        _export(things, embedded)


def _save(things: ItemSet, embedded: Embedded) -> None:
    infos = collections.list()
    name, add = _target(things, embedded.space, infos)
    originals = things.folder is not None and st.toggle(
        "Copy the original files too", key="save-originals",
        help="Else the vectors, previews and what is known of them are saved alone.",
    )  # fmt: skip
    full = not add and len(infos) >= server_settings().collections_limit
    these = (things.identity, embedded.space.fingerprint)
    if st.button("Save on the server", type="primary", disabled=full or not name):
        number = st.session_state["saves"] = st.session_state.get("saves", 0) + 1
        st.session_state[_SAVING] = Saving(name, add, originals, *these, number)
    st.caption(
        "Vectors, previews and what is known of them go to the server's disk, where "
        "everyone who opens this server sees them and may delete them. The original files are "
        + ("copied too." if originals else "not copied.")
        + (" This server has as many collections as it may have." if full else "")
    )
    saving: Saving | None = st.session_state.get(_SAVING)
    if saving is not None and (saving.identity, saving.fingerprint) == these:
        _carry_out(saving, things, embedded)
    else:  # it was about other things: a failed attempt must not save these instead
        st.session_state.pop(_SAVING, None)


def _target(
    things: ItemSet, space: EmbeddingSpace, infos: tuple[CollectionInfo, ...]
) -> tuple[str, bool]:
    """The name to save under, and whether it is of a collection to add to."""
    fitting = [info.name for info in infos if is_same_encoder(info, space)]
    target = _NEW
    if fitting:
        target = st.selectbox(
            "Save to", [_NEW, *fitting], key="save-to",
            help=f"{things.kind.nouns.capitalize()} can be added to collections that the same "
            "encoder and layer made.",
        )  # fmt: skip
    if target != _NEW:
        return target, True
    if st.session_state.get("save-name-of") != things.identity:  # another set has another name
        st.session_state["save-name-of"] = things.identity
        st.session_state["save-name"] = things.name
    name = st.text_input("Name of the collection", things.name, max_chars=80, key="save-name")
    return name.strip(), False


def _carry_out(saving: Saving, things: ItemSet, embedded: Embedded) -> None:
    originals = _originals(things, embedded.space) if saving.originals else None

    most = server_settings().collections_limit

    def do(on_progress: OnProgress, cancel: Cancel) -> str:
        how: dict[str, Any] = {
            "originals": originals, "on_progress": on_progress, "cancel": cancel,
        }  # fmt: skip
        if saving.add:
            added = collections.add(saving.name, embedded, **how)
            return f"{count(added.added, things.kind.noun)} added, {added.skipped:,} were there already"
        info = collections.save(saving.name, embedded, most=most, **how)
        return f"{count(info.count, things.kind.noun)} saved"

    key = ("save", saving)
    said = work(f"Saving {saving.name}", key, do)
    if said is None:
        return
    st.session_state.pop(_SAVING, None)
    session().results.pop(key, None)
    st.success(f"{said}: {plain(saving.name)}")
    st.button("Open the collection", on_click=open_next, args=(things.kind, saving.name))


def _originals(things: ItemSet, space: EmbeddingSpace) -> Callable[[str], bytes | None]:
    """Reads the file of a key, where it has one and that is still there."""
    paths = dict(zip(space.keys, space.table["path"], strict=True))
    base = things.folder

    def read(key: str) -> bytes | None:
        if base is None or not paths[key]:
            return None
        path = (base / paths[key]).resolve()
        inside = path.is_relative_to(base) and path.is_file()
        return path.read_bytes() if inside else None

    return read


def _export(things: ItemSet, embedded: Embedded) -> None:
    labels = {item.label: item for item in EXPORTS.values()}
    chosen = labels[st.selectbox("Take away as", list(labels), key="export")]
    st.caption(plain(chosen.help))
    stem = "".join(c if c.isalnum() else "-" for c in things.name)[:60]

    def written() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{things.kind.nouns}{chosen.suffix}"
            collections.export(embedded, path, chosen.name)
            return path.read_bytes()

    st.download_button(
        "Download", written, f"{stem}{chosen.suffix}", width="stretch", on_click="ignore"
    )
