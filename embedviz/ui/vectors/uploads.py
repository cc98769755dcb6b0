"""Open a person's own vectors: one file, or one of vectors and one of metadata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.formats import FORMATS, Recognised, read, recognised
from embedviz.formats.set_aside import MEANING
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace
from embedviz.ui.messages import plain, show_error
from embedviz.ui.other_readings import chosen_reading
from embedviz.ui.server import server_settings
from embedviz.ui.session import Owned, new_id, session
from embedviz.ui.uploaded import let_go
from embedviz.ui.vectors.bring_columns import Choice, choose_columns
from embedviz.ui.work import work
from embedviz.word_model import as_space

OPENED = "vectors_opened"
_ROUND, _STARTED = "vectors_upload_round", "vectors_reads_started"


def bring_files() -> None:
    """The uploader, what the files were taken to hold, and the button that opens them."""
    limit = server_settings().upload_limit_mb
    uploads = st.file_uploader(
        "One file of vectors, or vectors and their metadata",
        accept_multiple_files=True,
        key=f"vectors-files-{st.session_state.get(_ROUND, 0)}",
        max_upload_size=limit,
        help="  \n".join(f"**{item.label}**: {item.help}" for item in FORMATS.values()),
    )
    if not uploads:
        st.caption(
            "npy, npz, CSV, TSV, Parquet, Arrow, JSON, the TensorFlow Projector's pair, "
            "word2vec, GloVe, fastText. They stay in this browser tab. Pickles (pandas, torch, "
            "joblib) can run any code and are refused: save Parquet or npy instead."
        )
        return
    try:
        _offer(_in_order(uploads, limit))
    except EmbedvizError as error:
        show_error(error)


def _in_order(uploads: Sequence[Any], limit_mb: int) -> list[Any]:
    """The vectors first; the browser checks sizes too, but can be told not to."""
    if len(uploads) > 2:
        raise EmbedvizError(
            f"{len(uploads)} files: bring the vectors, and at most one of metadata."
        )
    if sum(upload.size for upload in uploads) > limit_mb * 2**20:
        raise EmbedvizError(
            f"These files are larger than the {limit_mb:,} MB that this server takes."
        )
    return sorted(uploads, key=lambda upload: ("meta" in upload.name.lower(), -upload.size))


def _offer(uploads: list[Any]) -> None:
    vectors, metadata = uploads[0], uploads[1] if len(uploads) > 1 else None
    ids = tuple(upload.file_id for upload in uploads)
    if metadata is not None:
        name = st.radio("The vectors are in", [plain(one.name) for one in uploads], horizontal=True)
        if name != plain(vectors.name):
            vectors, metadata = metadata, vectors
    other = chosen_reading(vectors.file_id)
    found: Recognised = session().kept(
        ("recognised", vectors.file_id, *other.items()),
        lambda: recognised(vectors, max_bytes=_unpacked(), **other),
    )
    if FORMATS[found.format].trusted_only:
        read(vectors)  # refuses it, with the reason and the way out
    chosen = choose_columns(found, vectors.file_id, lambda choice: _taken(vectors, choice))
    if chosen is None:
        return
    choice, found = chosen
    row = st.container(horizontal=True, vertical_alignment="bottom")
    most = int(
        row.number_input(
            "Read at most this many rows", 1, 100_000_000,
            max(server_settings().rows_limit, found.rows or 0), step=10_000, width=260,
        )
    )  # fmt: skip
    rows = most if found.rows is None else min(most, found.rows)
    if found.rows is not None:
        _refuse_too_large(rows * (4 * (found.dimensions or 0) + 160))
    key = ("vectors read", *ids, vectors.file_id, choice, most)
    started: set[Any] = st.session_state.setdefault(_STARTED, set())
    if row.button("Open them", type="primary") or key in started:
        started.add(key)
        _read(vectors, metadata, choice, most, key)


def _taken(vectors: Any, choice: Choice) -> Recognised:
    """The file with the columns that were chosen."""
    return session().kept(
        ("recognised", vectors.file_id, choice),
        lambda: recognised(
            vectors,
            vectors=choice.vectors or None,
            key=choice.key,
            max_bytes=_unpacked(),
            **dict(choice.other),
        ),
    )


def _read(vectors: Any, metadata: Any, choice: Choice, most: int, key: Any) -> None:
    room = server_settings().session_memory_mb * 2**20 - session().nbytes

    def do(on_progress: OnProgress, cancel: Cancel) -> EmbeddingSpace:
        return as_space(
            read(
                vectors, limit=most, max_bytes=_unpacked(), metadata=metadata,
                vectors=choice.vectors or None, key=choice.key, max_memory=room,
                on_progress=on_progress, cancel=cancel, **dict(choice.other),
            )
        )  # fmt: skip

    space = work(f"Reading {vectors.name}", key, do)
    if space is None:
        return
    mine = session()
    other = chosen_reading(vectors.file_id).items()
    for done in (
        key,
        ("recognised", vectors.file_id, *other),
        ("recognised", vectors.file_id, choice),
    ):
        mine.results.pop(done, None)
    st.session_state[_STARTED].discard(key)
    reading = choice.reading(
        vectors.name, None if metadata is None else metadata.name, most, _rows_read(space)
    )
    owned = Owned(space, f"opened from {vectors.name}", reading, "vectors")
    st.session_state[OPENED] = mine.own(new_id(), owned, server_settings().session_memory_mb)
    let_go([one.file_id for one in (vectors, metadata) if one is not None])
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.rerun()


def _rows_read(space: EmbeddingSpace) -> int:
    """Rows of the file that were looked at: those that were set aside count too."""
    counts = space.origin.get("read", {})
    return len(space) + sum(int(counts.get(reason, 0)) for reason in MEANING)


def _refuse_too_large(needed: int) -> None:
    allowed, held = server_settings().session_memory_mb, session().nbytes
    if held + needed > allowed * 2**20:
        raise EmbedvizError(
            f"This would take {needed / 2**20:,.0f} MB; this session may hold {allowed:,} MB and "
            f"holds {held / 2**20:,.0f} MB. Read fewer rows, or delete something under 'My data'."
        )


def _unpacked() -> int:
    """Bytes that a packed upload may unpack to: more than that is a bomb, not vectors."""
    return 4 * server_settings().upload_limit_mb * 2**20
