"""New points from an uploaded file."""

from __future__ import annotations

from typing import Any

import streamlit as st

from embedviz.errors import InvalidParameterError
from embedviz.formats import describe, read
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace
from embedviz.ui.server import server_settings
from embedviz.ui.session import session
from embedviz.ui.uploaded import let_go
from embedviz.ui.work import work
from embedviz.word_model import as_space

_ROUND = "vectors_add_round"


def points_of_file(dimensions: int, most: int) -> tuple[EmbeddingSpace, str] | None:
    """The vectors of a file that was just uploaded, and where they come from; None until then."""
    limit_mb = server_settings().upload_limit_mb
    upload = st.file_uploader(
        f"A file of vectors of {dimensions:,} numbers",
        key=f"vectors-add-{st.session_state.get(_ROUND, 0)}",
        max_upload_size=limit_mb,
        help="Any format that this page reads. It stays in this browser tab.",
    )
    if upload is None:
        return None
    if upload.size > limit_mb * 2**20:
        raise InvalidParameterError(
            f"The file has {upload.size / 2**20:,.0f} MB; this server takes {limit_mb:,} MB."
        )
    key = ("added file", upload.file_id)
    space = work(f"Reading {upload.name}", key, lambda *watch: _read(upload, most, *watch))
    if space is None:
        return None
    session().results.pop(key, None)
    if space.dimensions != dimensions:
        raise InvalidParameterError(
            f"The vectors of {upload.name} have {space.dimensions:,} numbers; those of this map "
            f"have {dimensions:,}. Use vectors of the same model."
        )
    if len(space) > most:
        raise InvalidParameterError(
            f"{upload.name} holds more than {most:,} vectors; so many can be added to a map. "
            "Open the file as a set of its own, or take fewer."
        )
    let_go([upload.file_id])
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    return space, f"from {upload.name}"


def _read(upload: Any, most: int, on_progress: OnProgress, cancel: Cancel) -> EmbeddingSpace:
    unpacked = 4 * server_settings().upload_limit_mb * 2**20
    upload.seek(0)
    limit = most + 1  # one more: then there are too many
    needed = describe(upload, limit=limit, max_bytes=unpacked).bytes_needed or 0
    if needed > server_settings().session_memory_mb * 2**20:
        raise InvalidParameterError(f"Reading {upload.name} takes more memory than is allowed.")
    upload.seek(0)
    found = read(upload, limit=limit, max_bytes=unpacked, on_progress=on_progress, cancel=cancel)
    return as_space(found)
