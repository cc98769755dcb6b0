"""A person's own things: files, a folder or a zip; theirs alone, and gone with the browser tab."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.items.embedding import Embedded
from embedviz.items.file_names import clean_name, label_from_name
from embedviz.items.files import Failure, ItemFile, Listed
from embedviz.items.kind import Kind
from embedviz.items.labels import labeled, labels_from_csv
from embedviz.items.zips import files_in_zip
from embedviz.registry import KINDS
from embedviz.ui.items.item_set import ItemPage, ItemSet, limits_in_words, limits_of
from embedviz.ui.messages import count, plain, show_error
from embedviz.ui.server import server_settings
from embedviz.ui.session import Owned, new_id, session
from embedviz.ui.uploaded import let_go


@dataclass(frozen=True, eq=False)
class Pending:
    """Uploaded files whose embedding has not come to its end."""

    identity: str
    name: str
    listed: Listed
    file_ids: tuple[str, ...]


def bring_own(page: ItemPage, row: DeltaGenerator) -> ItemSet | None:
    """The uploader, and the sets that this session has already."""
    kind = page.kind
    pending = _pending(kind)
    mine = {key: item for key, item in session().owned.items() if item.kind == kind.name}
    if pending is None:
        _uploader(kind, expanded=not mine)
        pending = _pending(kind)
    elif st.button(f"Put these {kind.nouns} away and bring others"):
        put_away(kind)
        st.rerun()
    if pending is not None:
        files = pending.listed
        return ItemSet(kind, pending.identity, pending.name, shared=False, files=lambda: files)
    return _choose(kind, mine, row) if mine else None


def take_in(things: ItemSet, done: Embedded, how: str) -> None:
    """Make uploaded things this session's own, and let go of the uploaded files.

    Raises InvalidParameterError if they are more than a session may hold; nothing of them is kept.
    """
    item = Owned(done.space.renamed(things.name), how, details=done, kind=things.kind.name)
    try:
        session().own(things.identity, item, server_settings().session_memory_mb)
        st.session_state[f"own_{things.kind.nouns}_next"] = things.identity
    finally:
        put_away(things.kind)


def put_away(kind: Kind) -> None:
    """Let go of what was uploaded, and of all that was computed of it unless it is owned now."""
    pending: Pending | None = st.session_state.pop(f"{kind.nouns}_pending", None)
    if pending is not None:
        let_go(pending.file_ids)
        if pending.identity not in session().owned:
            session().forget({pending.identity})
        # What an upload of another kind has come to by now is not held by a set yet.
        if not any(_pending(other) for other in KINDS.values()):
            session().forget_previews()
    # Another key empties the uploader on the page.
    rounds = f"{kind.nouns}_round"
    st.session_state[rounds] = st.session_state.get(rounds, 0) + 1


def listed_uploads(kind: Kind, uploads: Sequence[Any]) -> Listed:
    """The files of one kind among ``uploads`` (Streamlit's uploaded files), and what is none.

    Raises InvalidParameterError if all together are larger than the operator allows: a browser
    checks that too, but can be told not to.
    """
    limits = limits_of(kind)
    total = sum(upload.size for upload in uploads)
    if total > limits.total_bytes:
        raise InvalidParameterError(
            f"These files have {total / 2**20:,.0f} MB together; this server takes "
            f"{limits.total_mb:,} MB in one go. Bring fewer of them at a time."
        )
    files: list[ItemFile] = []
    set_aside: list[Failure] = []
    labels: dict[str, str] = {}
    for upload in uploads:
        found, not_read = _one(kind, upload, labels)
        files += found
        set_aside += not_read
    files = labeled(files, labels) if labels else files
    if len(files) > limits.count:
        rest = len(files) - limits.count
        reason = (
            f"This server takes {limits.count:,} {kind.nouns} in one go; bring the rest afterwards."
        )
        set_aside.append(Failure(f"{rest:,} more {kind.nouns}", reason))
    return files[: limits.count], set_aside


def _pending(kind: Kind) -> Pending | None:
    pending: Pending | None = st.session_state.get(f"{kind.nouns}_pending")
    return pending


def _choose(kind: Kind, mine: dict[str, Owned], row: DeltaGenerator) -> ItemSet:
    names, chosen = _distinct(mine), f"own_{kind.nouns}"
    following = st.session_state.pop(f"{chosen}_next", None)
    if following in mine:
        st.session_state[chosen] = names[following]
    elif st.session_state.get(chosen) not in names.values():
        st.session_state.pop(chosen, None)
    by_name = {name: identity for identity, name in names.items()}
    identity = by_name[row.selectbox(f"Set of {kind.nouns}", list(by_name), key=chosen)]
    item = mine[identity]
    done: Embedded = item.details
    st.caption(
        f"These {kind.nouns} were {plain(item.how)}. Only previews of them are kept, in this "
        "browser tab's memory; they disappear with it, and with a reload, unless you save them below."
    )
    return ItemSet(kind, identity, item.space.name, shared=False, first=done)


def _distinct(mine: dict[str, Owned]) -> dict[str, str]:
    """A different name for each id."""
    names: dict[str, str] = {}
    for identity, item in mine.items():
        name, number = item.space.name, 2
        while name in names.values():
            name, number = f"{item.space.name} ({number})", number + 1
        names[identity] = name
    return names


def _uploader(kind: Kind, expanded: bool) -> None:
    shown = f"{kind.nouns}_listed"
    with st.expander(f"Bring {kind.nouns}", expanded=expanded):
        whole_folder = st.segmented_control(
            "What to bring", ["Files or zip", "A folder"], default="Files or zip", required=True,
            key=f"{kind.nouns}_kind", label_visibility="collapsed",
        ) == "A folder"  # fmt: skip
        limit_mb = min(server_settings().upload_limit_mb, limits_of(kind).total_mb)
        files = kind.files_in_words
        uploads = st.file_uploader(
            f"{files.capitalize()}, or a zip of {files}; a labels.csv (file, label) may be among "
            "them",
            type=[suffix.lstrip(".") for suffix in (*kind.suffixes, ".zip", ".csv")],
            accept_multiple_files="directory" if whole_folder else True,
            max_upload_size=limit_mb,
            key=f"{kind.nouns}-upload-{whole_folder}-"
            f"{st.session_state.get(f'{kind.nouns}_round', 0)}",
        )
        st.caption(
            f"{limits_in_words(kind)} They stay in this browser tab; the names of folders become "
            "labels."
        )
        if not uploads:
            st.session_state.pop(shown, None)
        else:
            try:
                _offer(kind, uploads, shown)
            except EmbedvizError as error:
                show_error(error)


def _offer(kind: Kind, uploads: Sequence[Any], shown: str) -> None:
    ids = tuple(upload.file_id for upload in uploads)
    if st.session_state.get(shown, ((), None))[0] != ids:
        st.session_state[shown] = (ids, listed_uploads(kind, uploads))
    listed: Listed = st.session_state[shown][1]
    files, set_aside = listed
    labels = len({file.label for file in files if file.label})
    said = count(len(files), kind.noun)
    said += f", {count(labels, 'label')}" if labels else ""
    said += f"; {count(len(set_aside), 'file')} set aside" if set_aside else ""
    st.markdown(f"**{said}**")
    for failure in set_aside[:5]:
        st.caption(f"{plain(failure.name)}: {plain(failure.reason)}")
    unnamed = f"My {kind.nouns}"
    name = st.text_input("Name", _name_for(uploads, unnamed), max_chars=80, key=f"name-{hash(ids)}")
    if st.button("Look at them", type="primary", disabled=not files):
        st.session_state.pop(shown, None)
        pending = Pending(new_id(), name.strip() or unnamed, listed, ids)
        st.session_state[f"{kind.nouns}_pending"] = pending
        st.rerun()


def _name_for(uploads: Sequence[Any], unnamed: str) -> str:
    first = str(uploads[0].name).replace("\\", "/")
    if "/" in first:
        return first.split("/")[0][:80]
    return first.rsplit(".", 1)[0][:80] if len(uploads) == 1 else unnamed


def _one(kind: Kind, upload: Any, labels: dict[str, str]) -> Listed:
    name = clean_name(str(upload.name))
    try:
        if name.lower().endswith(".csv"):
            found = labels_from_csv(upload.getvalue())
            labels |= found
            return [], [Failure(name, found.note)] if found.note else []
        if name.lower().endswith(".zip"):
            return files_in_zip(kind, upload, limits_of(kind), name)
    except EmbedvizError as error:
        return [], [Failure(name, str(error))]
    file = ItemFile(name, partial(_stream, upload), upload.size, label_from_name(name))
    return [file], []


def _stream(upload: Any) -> IO[bytes]:
    # A stream of its own for each reader: threads read ahead, and a page may look meanwhile.
    return io.BytesIO(upload.getbuffer())
