"""A person's own images: files, a folder or a zip; theirs alone, and gone with the browser tab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.errors import EmbedvizError
from embedviz.images.embedding import EmbeddedImages
from embedviz.images.file_names import IMAGE_SUFFIXES
from embedviz.ui.images.image_set import ImageSet, Listed, limits_in_words
from embedviz.ui.images.uploads import listed_uploads
from embedviz.ui.messages import count, plain, show_error
from embedviz.ui.server import server_settings
from embedviz.ui.session import Owned, new_id, session
from embedviz.ui.uploaded import let_go

_ROUND, _PENDING, _CHOSEN = "images_round", "images_pending", "own_images"
_LISTED = "images_listed"


@dataclass(frozen=True, eq=False)
class Pending:
    """Uploaded files whose embedding has not come to its end."""

    identity: str
    name: str
    listed: Listed
    file_ids: tuple[str, ...]


def bring_own(row: DeltaGenerator) -> ImageSet | None:
    """The uploader, and the sets that this session has already."""
    pending: Pending | None = st.session_state.get(_PENDING)
    mine = {key: item for key, item in session().owned.items() if item.kind == "images"}
    if pending is None:
        _uploader(expanded=not mine)
        pending = st.session_state.get(_PENDING)
    elif st.button("Put these images away and bring others"):
        put_away()
        st.rerun()
    if pending is not None:
        files = pending.listed
        return ImageSet(pending.identity, pending.name, shared=False, files=lambda: files)
    return _choose(mine, row) if mine else None


def take_in(images: ImageSet, done: EmbeddedImages, how: str) -> None:
    """Make uploaded images this session's own, and let go of the uploaded files.

    Raises InvalidParameterError if they are more than a session may hold; nothing of them is kept.
    """
    item = Owned(done.space.renamed(images.name), how, details=done, kind="images")
    try:
        session().own(images.identity, item, server_settings().session_memory_mb)
        st.session_state[f"{_CHOSEN}_next"] = images.identity
    finally:
        put_away()


def put_away() -> None:
    """Let go of what was uploaded, and of all that was computed of it unless it is owned now."""
    pending: Pending | None = st.session_state.pop(_PENDING, None)
    if pending is not None:
        let_go(pending.file_ids)
        if pending.identity not in session().owned:
            session().forget({pending.identity})
        session().forget_pictures()
    # Another key empties the uploader on the page.
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _choose(mine: dict[str, Owned], row: DeltaGenerator) -> ImageSet:
    names = _distinct(mine)
    following = st.session_state.pop(f"{_CHOSEN}_next", None)
    if following in mine:
        st.session_state[_CHOSEN] = names[following]
    elif st.session_state.get(_CHOSEN) not in names.values():
        st.session_state.pop(_CHOSEN, None)
    by_name = {name: identity for identity, name in names.items()}
    identity = by_name[row.selectbox("Set of images", list(by_name), key=_CHOSEN)]
    item = mine[identity]
    done: EmbeddedImages = item.details
    st.caption(
        f"These images were {plain(item.how)}. Only small pictures of them are kept, in this browser "
        "tab's memory; they disappear with it, and with a reload, unless you save them below."
    )
    return ImageSet(identity, item.space.name, shared=False, first=done)


def _distinct(mine: dict[str, Owned]) -> dict[str, str]:
    """A different name for each id."""
    names: dict[str, str] = {}
    for identity, item in mine.items():
        name, number = item.space.name, 2
        while name in names.values():
            name, number = f"{item.space.name} ({number})", number + 1
        names[identity] = name
    return names


def _uploader(expanded: bool) -> None:
    with st.expander("Bring images", expanded=expanded):
        whole_folder = st.segmented_control(
            "What to bring", ["Files or zip", "A folder"], default="Files or zip", required=True,
            key="images_kind", label_visibility="collapsed",
        ) == "A folder"  # fmt: skip
        limit_mb = min(server_settings().upload_limit_mb, server_settings().images_total_mb)
        uploads = st.file_uploader(
            "Photos, or a zip of photos; a labels.csv (file, label) may be among them",
            type=[suffix.lstrip(".") for suffix in (*IMAGE_SUFFIXES, ".zip", ".csv")],
            accept_multiple_files="directory" if whole_folder else True,
            max_upload_size=limit_mb,
            key=f"images-upload-{whole_folder}-{st.session_state.get(_ROUND, 0)}",
        )
        st.caption(
            f"{limits_in_words()} They stay in this browser tab; the names of folders become labels."
        )
        if not uploads:
            st.session_state.pop(_LISTED, None)
        else:
            try:
                _offer(uploads)
            except EmbedvizError as error:
                show_error(error)


def _offer(uploads: Sequence[Any]) -> None:
    ids = tuple(upload.file_id for upload in uploads)
    if st.session_state.get(_LISTED, ((), None))[0] != ids:
        st.session_state[_LISTED] = (ids, listed_uploads(uploads))
    listed: Listed = st.session_state[_LISTED][1]
    files, set_aside = listed
    labels = len({file.label for file in files if file.label})
    said = count(len(files), "image")
    said += f", {count(labels, 'label')}" if labels else ""
    said += f"; {count(len(set_aside), 'file')} set aside" if set_aside else ""
    st.markdown(f"**{said}**")
    for failure in set_aside[:5]:
        st.caption(f"{plain(failure.name)}: {plain(failure.reason)}")
    name = st.text_input("Name", _name_for(uploads), max_chars=80, key=f"name-{hash(ids)}")
    if st.button("Look at them", type="primary", disabled=not files):
        st.session_state.pop(_LISTED, None)
        st.session_state[_PENDING] = Pending(new_id(), name.strip() or "My images", listed, ids)
        st.rerun()


def _name_for(uploads: Sequence[Any]) -> str:
    first = str(uploads[0].name).replace("\\", "/")
    if "/" in first:
        return first.split("/")[0][:80]
    return first.rsplit(".", 1)[0][:80] if len(uploads) == 1 else "My images"
