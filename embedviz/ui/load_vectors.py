"""Open a file of word vectors: what it holds is said before its memory is taken."""

from __future__ import annotations

from typing import Any

import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.formats import FORMATS, describe, read
from embedviz.progress import Cancel, OnProgress
from embedviz.ui.messages import plain, show_error
from embedviz.ui.model_choice import choose_next
from embedviz.ui.other_readings import chosen_reading, say_notes
from embedviz.ui.server import server_settings
from embedviz.ui.session import Model, session
from embedviz.ui.uploaded import let_go
from embedviz.ui.work import work

_RESET = "upload_round"


def load_vectors() -> None:
    """The "Open a file" part of the sidebar."""
    wanted = st.query_params.get("open") == "file"
    with st.sidebar.expander("Open a file of vectors", expanded=wanted):
        limit_mb = server_settings().upload_limit_mb
        upload = st.file_uploader(
            "word2vec, GloVe, fastText or npz",
            key=f"vectors-upload-{st.session_state.get(_RESET, 0)}",
            max_upload_size=limit_mb,
            help=_formats_help(),
        )
        if upload is None:
            st.caption(
                "It stays in this browser tab. Gensim's own files (.kv, .model) are pickles, which "
                "can run any code, so uploads of them are refused."
            )
            return
        try:
            _checked(upload, limit_mb)
            _offer(upload)
        except EmbedvizError as error:
            show_error(error)


def _checked(upload: Any, limit_mb: int) -> None:
    """The browser checks the size too, but a browser can be told not to."""
    if upload.size > limit_mb * 2**20:
        raise EmbedvizError(
            f"The file has {upload.size / 2**20:,.0f} MB; this server takes {limit_mb:,} MB. "
            "Open it from the server's disk instead: streamlit run app.py -- --vectors PATH"
        )


def _offer(upload: Any) -> None:
    limit = st.number_input(
        "Read at most this many words", 1, 100_000_000, server_settings().rows_limit, step=10_000,
        help="Files list the most frequent words first; the first rows are read.",
    )  # fmt: skip
    other = chosen_reading(upload.file_id)
    summary = session().kept(
        ("describe", upload.file_id, int(limit), *other.items()),
        lambda: describe(upload, limit=int(limit), max_bytes=_unpacked_limit(), **other),
    )
    if FORMATS[summary.format].trusted_only:
        read(upload)  # refuses it, with the reason and the way out
    st.markdown(f"**{plain(upload.name)}**: {plain(FORMATS[summary.format].label)}")
    rows = "an unknown number of" if summary.rows is None else f"{summary.rows:,}"
    st.caption(
        f"{rows} words × {summary.dimensions} dimensions"
        + (
            ""
            if summary.bytes_needed is None
            else f", {summary.bytes_needed / 2**20:,.1f} MB in memory"
        )
    )
    say_notes(summary.notes, upload.file_id, ("encoding", "format"))
    _refuse_too_large(summary.bytes_needed or 0)
    key = ("read", upload.file_id, int(limit), *other.items())
    if st.button("Read it", type="primary", width="stretch") or key in _started():
        _started().add(key)
        _read(upload, int(limit), key, other)


def _refuse_too_large(needed: int) -> None:
    """Say so before the memory is taken, not after."""
    allowed, held = server_settings().session_memory_mb, session().nbytes
    if held + needed > allowed * 2**20:
        raise EmbedvizError(
            f"This would take {needed / 2**20:,.0f} MB; this session may hold {allowed:,} MB and "
            f"holds {held / 2**20:,.0f} MB. Read fewer words, or delete something under 'My data'."
        )


def _started() -> set[tuple[Any, ...]]:
    return st.session_state.setdefault("reads_started", set())  # type: ignore[no-any-return]


def _read(upload: Any, limit: int, key: tuple[Any, ...], other: dict[str, Any]) -> None:
    def do(on_progress: OnProgress, cancel: Cancel) -> Model:
        upload.seek(0)
        return read(
            upload,
            limit=limit,
            max_bytes=_unpacked_limit(),
            on_progress=on_progress,
            cancel=cancel,
            **other,
        )

    model = work(f"Reading {upload.name}", key, do)
    if model is None:
        return
    mine = session()
    mine.results.pop(key, None)
    _started().discard(key)
    identity = mine.add(model, f"opened from {upload.name}", server_settings().session_memory_mb)
    let_go([upload.file_id])
    st.session_state[_RESET] = st.session_state.get(_RESET, 0) + 1
    choose_next(identity)
    st.rerun()


def _formats_help() -> str:
    return "  \n".join(f"**{item.label}**: {item.help}" for item in FORMATS.values())


def _unpacked_limit() -> int:
    """Bytes that a packed upload may unpack to: more than that is a bomb, not a model."""
    return 4 * server_settings().upload_limit_mb * 2**20
