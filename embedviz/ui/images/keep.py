"""Keep images: save them as a collection on the server, add to one, or take them away as a file."""

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
from embedviz.images.embedding import EmbeddedImages
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace
from embedviz.ui.images.image_set import ImageSet
from embedviz.ui.images.saved import open_next
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


def keep(images: ImageSet, embedded: EmbeddedImages) -> None:
    """The last part of the page."""
    st.subheader("Keep them")
    save_side, export_side = st.columns([3, 2], gap="large")
    with save_side:
        if server_settings().collections_limit == 0:
            st.caption(
                "Saving is switched off on this server. You can take the images' vectors away."
            )
        elif images.saved_as:
            st.caption(f"This is the saved collection {plain(images.saved_as)}.")
        else:
            _save(images, embedded)
    with export_side:
        _export(images, embedded)


def _save(images: ImageSet, embedded: EmbeddedImages) -> None:
    infos = collections.list()
    name, add = _target(images, embedded.space, infos)
    originals = images.folder is not None and st.toggle(
        "Copy the original files too", key="save-originals",
        help="Else the vectors, small pictures and what is known of the images are saved alone.",
    )  # fmt: skip
    full = not add and len(infos) >= server_settings().collections_limit
    these = (images.identity, embedded.space.fingerprint)
    if st.button("Save on the server", type="primary", disabled=full or not name):
        number = st.session_state["saves"] = st.session_state.get("saves", 0) + 1
        st.session_state[_SAVING] = Saving(name, add, originals, *these, number)
    st.caption(
        "Vectors, small pictures and what is known of the images go to the server's disk, where "
        "everyone who opens this server sees them and may delete them. The original files are "
        + ("copied too." if originals else "not copied.")
        + (" This server has as many collections as it may have." if full else "")
    )
    saving: Saving | None = st.session_state.get(_SAVING)
    if saving is not None and (saving.identity, saving.fingerprint) == these:
        _carry_out(saving, images, embedded)
    else:  # it was about other images: a failed attempt must not save these instead
        st.session_state.pop(_SAVING, None)


def _target(
    images: ImageSet, space: EmbeddingSpace, infos: tuple[CollectionInfo, ...]
) -> tuple[str, bool]:
    """The name to save under, and whether it is of a collection to add to."""
    fitting = [info.name for info in infos if is_same_encoder(info, space)]
    target = _NEW
    if fitting:
        target = st.selectbox(
            "Save to", [_NEW, *fitting], key="save-to",
            help="Images can be added to collections that the same encoder and layer made.",
        )  # fmt: skip
    if target != _NEW:
        return target, True
    name = st.text_input("Name of the collection", images.name, max_chars=80, key="save-name")
    return name.strip(), False


def _carry_out(saving: Saving, images: ImageSet, embedded: EmbeddedImages) -> None:
    originals = _originals(images, embedded.space) if saving.originals else None

    most = server_settings().collections_limit

    def do(on_progress: OnProgress, cancel: Cancel) -> str:
        how: dict[str, Any] = {
            "originals": originals, "on_progress": on_progress, "cancel": cancel,
        }  # fmt: skip
        if saving.add:
            added = collections.add(saving.name, embedded, **how)
            return f"{count(added.added, 'image')} added, {added.skipped:,} were there already"
        info = collections.save(saving.name, embedded, most=most, **how)
        return f"{count(info.count, 'image')} saved"

    key = ("save", saving)
    said = work(f"Saving {saving.name}", key, do)
    if said is None:
        return
    st.session_state.pop(_SAVING, None)
    session().results.pop(key, None)
    st.success(f"{said}: {plain(saving.name)}")
    st.button("Open the collection", on_click=open_next, args=(saving.name,))


def _originals(images: ImageSet, space: EmbeddingSpace) -> Callable[[str], bytes | None]:
    """Reads the file of a key, where it has one and that is still there."""
    paths = dict(zip(space.keys, space.table["path"], strict=True))
    base = images.folder

    def read(key: str) -> bytes | None:
        if base is None or not paths[key]:
            return None
        path = (base / paths[key]).resolve()
        inside = path.is_relative_to(base) and path.is_file()
        return path.read_bytes() if inside else None

    return read


def _export(images: ImageSet, embedded: EmbeddedImages) -> None:
    labels = {item.label: item for item in EXPORTS.values()}
    chosen = labels[st.selectbox("Take away as", list(labels), key="export")]
    st.caption(plain(chosen.help))
    stem = "".join(c if c.isalnum() else "-" for c in images.name)[:60]

    def written() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"images{chosen.suffix}"
            collections.export(embedded, path, chosen.name)
            return path.read_bytes()

    st.download_button(
        "Download", written, f"{stem}{chosen.suffix}", width="stretch", on_click="ignore"
    )
